import { describe, expect, it } from 'vitest'
import type { ControlCell } from '@/api/types'
import { bars, filterOf, isCut, total, uncut } from './control'

const cell = (division: string, month: string, state: string, count: number): ControlCell => ({ division, name: division, month: `${month}-01`, state, count, area_m2: count * 10 })
const CELLS = [cell('a', '2023-01', 'filed', 3), cell('a', '2023-02', 'demolished', 2), cell('b', '2023-02', 'filed', 4)]

describe('charts that filter each other', () => {
  it('shows everything of everything when nothing is chosen', () => {
    expect(bars(CELLS, 'division', uncut()).map((each) => [each.key, each.count])).toEqual([['a', 5], ['b', 4]])
    expect(total(CELLS, uncut())).toMatchObject({ count: 9, m2: 90 })
    expect(isCut(uncut())).toBe(false)
  })
  it('cuts the other charts by a choice and leaves its own bars whole', () => {
    const cut = { ...uncut(), month: '2023-02' }
    expect(bars(CELLS, 'division', cut).map((each) => each.count)).toEqual([2, 4])
    expect(bars(CELLS, 'month', cut).map((each) => each.count)).toEqual([3, 6])
    expect(total(CELLS, { ...cut, division: 'a' }).count).toBe(2)
  })
  it('keeps months in which nothing was found', () => {
    expect(bars(CELLS, 'month', uncut(), ['2023-01', '2023-02', '2023-03'])[2]).toEqual({ key: '2023-03', count: 0, m2: 0 })
  })
  it('asks the layer for the same: the month cut to the period, quotes doubled', () => {
    const cut = { division: 'x', month: '2024-02', state: 'filed' }
    expect(filterOf('2024-01-10', '2024-02-20', cut, "张'店")).toBe("status <> 'dismissed' AND found_on >= DATE('2024-02-01') AND found_on <= DATE('2024-02-20') AND status = 'filed' AND division = '张''店'")
    expect(filterOf('2024-01-10', '2024-12-31', { ...uncut(), month: '2024-02' }, null)).toContain("DATE('2024-02-29')")
  })
})
