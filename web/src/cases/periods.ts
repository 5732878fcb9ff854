/** What is left of a period, as a key of the texts and a figure. Pure. */
import type { Deadline } from '@/api/types'

export interface Left {
  key: 'days' | 'working_days' | 'today' | 'overDays' | 'overWorking_days' | 'ended'
  n: number
}

/** In the unit that the law counts in; in days where a year's holidays are missing, and for months. */
export function leftOf({ unit, days_left: days, working_days_left: working, light }: Pick<Deadline, 'unit' | 'days_left' | 'working_days_left' | 'light'>): Left {
  if (light === 'over') return { key: 'ended', n: 0 }
  if (days === 0) return { key: 'today', n: 0 }
  const inWorkingDays = unit === 'working_days' && working !== null && working !== 0
  const n = inWorkingDays ? working : days
  if (n > 0) return { key: inWorkingDays ? 'working_days' : 'days', n }
  return { key: inWorkingDays ? 'overWorking_days' : 'overDays', n: -n }
}

/** Things that end on the same day drawn together, in the order in which they come. */
export function byDay<T extends { deadline: { ends_on: string } }>(items: readonly T[]): { day: string; items: T[] }[] {
  const days: { day: string; items: T[] }[] = []
  for (const each of items) {
    const last = days.at(-1)
    if (last?.day === each.deadline.ends_on) last.items.push(each)
    else days.push({ day: each.deadline.ends_on, items: [each] })
  }
  return days
}
