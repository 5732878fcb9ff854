import { describe, expect, it } from 'vitest'
import { NO_OFFSET, moved, offsetOf } from './registration'

const at = (alignment: { dx_m: number; dy_m: number; residual_m: number | null; reliable: boolean } | null) =>
  offsetOf({ alignment, bbox: [116.5, 31.7, 116.5001, 31.7001] } as never)

describe('registration of the later picture', () => {
  it('turns metres into degrees at the place', () => {
    const offset = at({ dx_m: 94.6, dy_m: 0, residual_m: 0.1, reliable: true })
    expect(offset).toEqual(NO_OFFSET)
    const small = at({ dx_m: 9.46, dy_m: -11.12, residual_m: 0.1, reliable: true })
    expect(small.lon).toBeCloseTo(1e-4, 6)
    expect(small.lat).toBeCloseTo(-1e-4, 6)
  })
  it('leaves the picture where it is when the alignment is not to be trusted', () => {
    expect(at({ dx_m: 2, dy_m: 1, residual_m: 3, reliable: false })).toEqual(NO_OFFSET)
    expect(at(null)).toEqual(NO_OFFSET)
  })
  it('moves every corner of an outline', () => {
    const square: GeoJSON.MultiPolygon = { type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] }
    expect(moved(square, { lon: 2, lat: -1 }).coordinates[0]![0]![1]).toEqual([3, -1])
  })
})
