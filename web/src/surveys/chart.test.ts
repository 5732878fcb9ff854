import { describe, expect, it } from 'vitest'
import { greatest, niceScale, pathOf, ticks, up } from './chart'

const frame = { width: 120, height: 60, left: 10, right: 10, top: 5, bottom: 5 }

describe('a profile as a drawing', () => {
  it('counts in round steps that hold every value', () => {
    const scale = niceScale([40.2, null, 61.7])!
    expect(scale.low).toBeLessThanOrEqual(40.2)
    expect(scale.high).toBeGreaterThanOrEqual(61.7)
    expect(ticks(scale).length).toBeLessThan(8)
    expect([1, 2, 5, 10]).toContain(scale.step)
  })
  it('gives level ground a height and nothing no scale', () => {
    expect(niceScale([42, 42])!.high).toBeGreaterThan(niceScale([42, 42])!.low)
    expect(niceScale([null])).toBeNull()
  })
  it('leaves gaps open', () => {
    const path = pathOf(frame, { low: 0, high: 10, step: 5 }, [0, 10, null, 5])
    expect(path).toBe('M10.0 55.0L43.3 5.0M110.0 30.0')
  })
  it('draws higher values further up', () => {
    const scale = { low: 0, high: 10, step: 5 }
    expect(up(frame, scale, 9)).toBeLessThan(up(frame, scale, 1))
  })
  it('finds where two dates differ most, with its sign', () => {
    expect(greatest([1, 2, null, 4], [1, 5, 0, 3])).toEqual({ index: 1, by: -3 })
    expect(greatest([1], [null])).toBeNull()
  })
})
