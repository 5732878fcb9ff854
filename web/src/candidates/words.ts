/** A suspicion's figures as people read them. */
import type { Candidate } from '@/api/types'
import { has, localeTag, say } from '@/i18n'
import { formatConfidence, formatDate, formatNumber, withUnit } from '@/i18n/format'
import { stateOf } from './story'

export const areaOf = ({ area_m2 }: Candidate): string => withUnit(formatNumber(area_m2, area_m2 < 100 ? 1 : 0), 'm²')

export function heightOf({ height_change_m: change }: Candidate): string {
  if (change === null || Number.isNaN(change)) return say('candidates.noHeight')
  return `${change > 0 ? '+' : change < 0 ? '−' : ''}${withUnit(formatNumber(Math.abs(change), 1), 'm')}`
}

export const shareOf = ({ confidence }: Candidate): string => formatConfidence(confidence)

export function methodOf({ method }: Candidate): string {
  return has(`candidates.methods.${method}`) ? say(`candidates.methods.${method}`) : say('common.unknown')
}

/** The version of the learned model and where its score was cut. */
export function modelOf({ model, threshold }: Candidate): string {
  if (!model) return say('candidates.noModel')
  return threshold === null ? model : say('candidates.cutAt', { model, threshold: formatNumber(threshold) })
}

/** Waits outside the queue: dismissed, not put back, not judged. */
export const isAside = ({ dismissed, status }: Candidate): boolean => status === 'pending' && dismissed !== null && !dismissed.put_back

/** A later flight shows that the structure no longer stands. */
export const isGone = ({ sightings, kind }: Candidate): boolean => kind !== 'demolished' && stateOf(sightings) === 'gone'

/** Why it was set aside, with the permit or the earlier suspicion. */
export function asideOf({ dismissed, permit }: Candidate): string {
  if (!dismissed) return ''
  const why = say(`candidates.dismissals.${dismissed.code}`)
  if (dismissed.code === 'permitted') return permit ? say('candidates.because', { why, code: permit.code }) : why
  const reason = reasonOf(dismissed.reason)
  const earlier = dismissed.candidate?.code ?? ''
  return earlier ? say('candidates.because', { why: reason ? say('candidates.rejectedAs', { reason }) : why, code: earlier }) : why
}

export const dayOf = (day: string): string => formatDate(day, localeTag.value)
export const reasonOf = (reason: string | null): string => (reason && has(`review.reasons.${reason}`) ? say(`review.reasons.${reason}`) : '')

/** How well the two dates were brought together. */
export function registeredOf({ reliable, grade, residual_m: residual }: NonNullable<Candidate['alignment']>): string {
  if (grade === 'lost') return say('candidates.lost')
  if (!reliable || residual === null) return say('candidates.unregistered')
  return say('candidates.registeredTo', { metres: withUnit(formatNumber(residual, 2), 'm') })
}
