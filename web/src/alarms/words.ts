/** What flights show, as people read it. */
import type { Alarm } from '@/api/types'
import { localeTag, say } from '@/i18n'
import { formatConfidence, formatDate, formatMoment, formatNumber, formatShare, withUnit } from '@/i18n/format'

const metres = (area: number): string => withUnit(formatNumber(area, area < 100 ? 1 : 0), 'm²')

export const dayOf = ({ after }: Alarm): string => formatDate(after.flown_on, localeTag.value)

/** Area on record and on the day of the flight. */
export const areasOf = ({ recorded_m2: then, area_m2: now, kind }: Alarm): string =>
  kind === 'standing' && Math.abs(then - now) < 0.5 ? metres(now) : `${metres(then)} → ${metres(now)}`

/** How much larger and higher. */
export function gainOf({ gained_m2: area, gained_share: share, height_change_m: height }: Alarm): string {
  const parts = [
    area !== null && share !== null && area > 0 ? `+${metres(area)} (+${formatShare(share)})` : '',
    height !== null ? `${height > 0 ? '+' : '−'}${withUnit(formatNumber(Math.abs(height), 1), 'm')}` : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

/** On what it rests: the share cleared or seen, the method, the confidence, the alignment. */
export function groundsOf(it: Alarm): string {
  const residual = it.aligned && it.residual_m !== null ? say('alarms.residual', { metres: withUnit(formatNumber(it.residual_m, 2), 'm') }) : ''
  return [
    say(`alarms.sureness.${it.sureness}`),
    it.kind === 'gone' && it.candidate ? say('alarms.cleared', { share: formatShare(it.cleared_share) }) : say('alarms.shown', { share: formatShare(it.shown_share) }),
    it.method ? say(`candidates.methods.${it.method}`) : say('alarms.silent'),
    it.confidence === null ? '' : `${say('candidates.confidence')} ${formatConfidence(it.confidence)}`,
    it.aligned === false ? say('alarms.unaligned') : residual,
  ].filter(Boolean).join(' · ')
}

/** What closed it, by whom and with which word. */
export function closedOf(it: Alarm): string {
  if (!it.closed_for) return ''
  const by = it.closed_by && it.closed_at ? `${it.closed_by} ${formatMoment(it.closed_at, localeTag.value)}` : ''
  return [say(`alarms.closedFor.${it.closed_for}`), by, it.word].filter(Boolean).join(' · ')
}
