/** What figures are shown of before somebody chooses: the half-year of the newest record. */
import { get } from '@/api/client'
import type { HalfYearPeriod } from '@/api/types'

let known: Promise<HalfYearPeriod> | null = null

/** Asked once; again after a failure. */
export function newestHalfYear(): Promise<HalfYearPeriod> {
  known ??= get<HalfYearPeriod>('/api/statistics/period').catch((reason: unknown) => {
    known = null
    throw reason
  })
  return known
}
