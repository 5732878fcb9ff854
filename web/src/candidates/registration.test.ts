import { describe, expect, it } from 'vitest'
import { toPlane } from '@/map/coordinates'
import { STILL, back, moved, placementOf, there } from './registration'

const BOX = [116.5, 31.7, 116.5001, 31.7001]
const only = (shift: { dx_m: number; dy_m: number; reliable: boolean } | null) =>
  placementOf({ alignment: shift && { ...shift, residual_m: 0.1, grade: 'good', here: null }, bbox: BOX } as never)
const whole = placementOf({
  alignment: { dx_m: 0, dy_m: 0, residual_m: 1, reliable: false, grade: 'loose', here: { lon: 2e-5, lat: -1e-5, turn_deg: 0.4, scale: 1.002 } }, bbox: BOX,
} as never)

describe('registration of the later picture', () => {
  it('turns metres into degrees at the place where only the shift is known', () => {
    expect(only({ dx_m: 94.6, dy_m: 0, reliable: true })).toEqual(STILL)
    const small = only({ dx_m: 9.46, dy_m: -11.12, reliable: true })
    expect(small.lon).toBeCloseTo(1e-4, 6)
    expect(small.lat).toBeCloseTo(-1e-4, 6)
    expect([small.turn, small.scale]).toEqual([0, 1])
  })
  it('leaves the picture where it is when a mere shift is not to be trusted', () => {
    expect(only({ dx_m: 2, dy_m: 1, reliable: false })).toEqual(STILL)
    expect(only(null)).toEqual(STILL)
  })
  it('takes what the detector applied here, whatever it calls itself', () => {
    expect(whole).toMatchObject({ lon: 2e-5, lat: -1e-5, turn: 0.4, scale: 1.002 })
  })
  it('turns and scales the surroundings about the place to a centimetre', () => {
    const [lon, lat] = whole.centre
    const corner: [number, number] = [lon + 4e-4, lat + 3e-4]
    const [from, to] = [toPlane(corner), toPlane(there(whole, corner))]
    const [middle, landed] = [toPlane(whole.centre), toPlane([lon + whole.lon, lat + whole.lat])]
    const [x, y] = [from[0] - middle[0], from[1] - middle[1]]
    const [sin, cos] = [Math.sin((0.4 * Math.PI) / 180), Math.cos((0.4 * Math.PI) / 180)]
    expect(Math.abs(to[0] - landed[0] - 1.002 * (x * cos - y * sin))).toBeLessThan(0.01)
    expect(Math.abs(to[1] - landed[1] - 1.002 * (x * sin + y * cos))).toBeLessThan(0.01)
  })
  it('finds the way back', () => {
    const there_and_back = back(whole, there(whole, [116.501, 31.702]))
    expect(there_and_back[0]).toBeCloseTo(116.501, 10)
    expect(there_and_back[1]).toBeCloseTo(31.702, 10)
  })
  it('moves every corner of an outline', () => {
    const square: GeoJSON.MultiPolygon = { type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] }
    expect(moved(square, { ...STILL, lon: 2, lat: -1 }).coordinates[0]![0]![1]).toEqual([3, -1])
  })
})
