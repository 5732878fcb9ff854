import { describe, expect, it } from 'vitest'
import { bearingTo, metresBetween, pointOf } from './distance'

describe('where a place lies', () => {
  it('is measured along the ground', () => {
    // EPSG:4548: E 454520 N 3514232 and 100 m further east and north of it
    expect(metresBetween([116.52, 31.75], [116.52106, 31.750905])).toBeCloseTo(141.9, 0)
    expect(metresBetween([116.52, 31.75], [116.52, 31.75])).toBe(0)
  })
  it('is told by the nearest point of the compass', () => {
    const from: [number, number] = [116.52, 31.75]
    expect(pointOf(bearingTo(from, [116.52, 31.76]))).toBe('n')
    expect(pointOf(bearingTo(from, [116.53, 31.75]))).toBe('e')
    expect(pointOf(bearingTo(from, [116.51, 31.7415]))).toBe('sw')
    expect(pointOf(359)).toBe('n')
  })
})
