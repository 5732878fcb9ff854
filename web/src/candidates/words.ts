/** A suspicion's figures as people read them. */
import type { Candidate } from '@/api/types'
import { has, localeTag, say } from '@/i18n'
import { formatDate, formatNumber, formatShare, withUnit } from '@/i18n/format'

export const areaOf = ({ area_m2 }: Candidate): string => withUnit(formatNumber(area_m2, area_m2 < 100 ? 1 : 0), 'm²')

export function heightOf({ height_change_m: change }: Candidate): string {
  if (change === null || Number.isNaN(change)) return say('candidates.noHeight')
  return `${change > 0 ? '+' : change < 0 ? '−' : ''}${withUnit(formatNumber(Math.abs(change), 1), 'm')}`
}

export const shareOf = ({ confidence }: Candidate): string => formatShare(confidence)

export function methodOf({ method }: Candidate): string {
  return has(`candidates.methods.${method}`) ? say(`candidates.methods.${method}`) : say('common.unknown')
}

export const dayOf = (day: string): string => formatDate(day, localeTag.value)
export const reasonOf = (reason: string | null): string => (reason && has(`review.reasons.${reason}`) ? say(`review.reasons.${reason}`) : '')

/** How well the two dates were brought together. */
export function registeredOf({ reliable, residual_m: residual }: NonNullable<Candidate['alignment']>): string {
  if (!reliable || residual === null) return say('candidates.unregistered')
  return say('candidates.registeredTo', { metres: withUnit(formatNumber(residual, 2), 'm') })
}
