import { describe, expect, it } from 'vitest'
import { THIN } from '@/i18n/format'
import { copyLonLat, copyPlane, crossesItself, formatPlane, fromPlane, pathLength, ringArea, toPlane } from './coordinates'

describe('EPSG:4548', () => {
  it('agrees with the anchor of Lu’an: 116.52E 31.75N is E 454520 N 3514232', () => {
    const [east, north] = toPlane([116.52, 31.75])
    expect(east).toBeCloseTo(454_520, -1)
    expect(north).toBeCloseTo(3_514_232, -1)
  })
  it('has east 500000 on the central meridian 117°E', () => expect(toPlane([117, 31.5])[0]).toBeCloseTo(500_000, 6))
  it('comes back within a millimetre', () => {
    const [lon, lat] = fromPlane(toPlane([116.3, 31.3]))
    expect(lon).toBeCloseTo(116.3, 8)
    expect(lat).toBeCloseTo(31.3, 8)
  })
  it('is printed east before north with grouped metres', () => {
    expect(formatPlane([454520.4, 3514232.15])).toEqual({ east: `454${THIN}520.40`, north: `3${THIN}514${THIN}232.15` })
  })
  it('is copied in a form that the search box reads', () => {
    expect(copyPlane([454520.4, 3514232.15])).toBe('454520.40, 3514232.15')
    expect(copyLonLat([116.52, 31.75])).toBe('116.520000, 31.750000')
  })
})

describe('measuring', () => {
  const square = ([[0, 0], [100, 0], [100, 50], [0, 50]] as [number, number][]).map(([x, y]) => fromPlane([456_000 + x, 3_516_000 + y]))
  it('measures a path in metres of the plane', () => expect(pathLength(square)).toBeCloseTo(250, 3))
  it('measures a ring, closed or not, in m²', () => {
    expect(ringArea(square)).toBeCloseTo(5000, 2)
    expect(ringArea([...square, square[0]!])).toBeCloseTo(5000, 2)
  })
  it('notices an outline that crosses itself', () => {
    expect(crossesItself(square)).toBe(false)
    expect(crossesItself([square[0]!, square[2]!, square[1]!, square[3]!])).toBe(true)
  })
})
