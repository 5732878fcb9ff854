/** Cells of illegal structures, cut by township, month and state; each chart shows what the other two leave. Pure. */
import type { ControlCell } from '@/api/types'

export interface Cut {
  division: string | null
  month: string | null
  state: string | null
}
export type Side = keyof Cut

export interface Bar {
  key: string
  count: number
  m2: number
}

export const uncut = (): Cut => ({ division: null, month: null, state: null })
export const isCut = (cut: Cut): boolean => cut.division !== null || cut.month !== null || cut.state !== null

const keyOf = (cell: ControlCell, side: Side): string => (side === 'month' ? cell.month.slice(0, 7) : (cell[side] ?? ''))
const fits = (cell: ControlCell, cut: Cut, but: Side | null): boolean =>
  (['division', 'month', 'state'] as const).every((side) => side === but || cut[side] === null || keyOf(cell, side) === cut[side])

/** Bars of one side over the cells that the other sides' choices leave; its own choice leaves all its bars. */
export function bars(cells: ControlCell[], side: Side, cut: Cut, keys: string[] = []): Bar[] {
  const found = new Map<string, Bar>(keys.map((key) => [key, { key, count: 0, m2: 0 }]))
  for (const cell of cells.filter((each) => fits(each, cut, side))) {
    const key = keyOf(cell, side)
    const bar = found.get(key) ?? { key, count: 0, m2: 0 }
    found.set(key, { key, count: bar.count + cell.count, m2: bar.m2 + cell.area_m2 })
  }
  return [...found.values()]
}

export function total(cells: ControlCell[], cut: Cut): Bar {
  const left = cells.filter((each) => fits(each, cut, null))
  return { key: '', count: left.reduce((sum, each) => sum + each.count, 0), m2: left.reduce((sum, each) => sum + each.area_m2, 0) }
}

const quoted = (words: string): string => `'${words.replaceAll("'", "''")}'`
const lastDay = (month: string): string => {
  const [year, number] = month.split('-').map(Number)
  return `${month}-${String(new Date(Date.UTC(year!, number!, 0)).getUTCDate()).padStart(2, '0')}`
}

/** CQL2 of the structures that a cut leaves of a period; `name`: of the township, as the layer prints it. */
export function filterOf(first: string, last: string, cut: Cut, name: string | null): string {
  const from = cut.month && `${cut.month}-01` > first ? `${cut.month}-01` : first
  const until = cut.month && lastDay(cut.month) < last ? lastDay(cut.month) : last
  const parts = ["status <> 'dismissed'", `found_on >= DATE('${from}') AND found_on <= DATE('${until}')`]
  if (cut.state) parts.push(`status = ${quoted(cut.state)}`)
  if (name) parts.push(`division = ${quoted(name)}`)
  return parts.join(' AND ')
}
