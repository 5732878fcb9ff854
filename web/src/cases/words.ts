/** Cases in words: periods, consequences, and what was said with an act; never a raw value. */
import type { CaseShort, Consequence, Deadline, Said } from '@/api/types'
import { localeTag, say, text } from '@/i18n'
import { formatDate, formatMoment, formatNumber, withUnit } from '@/i18n/format'
import { leftOf } from './periods'

export const dayOf = (day: string): string => formatDate(day, localeTag.value)
export const momentOf = (at: string): string => formatMoment(at, localeTag.value)
export const yuanOf = (yuan: number): string => withUnit(formatNumber(yuan), say('cases.yuan'))
export const stateOf = (state: CaseShort['status'] | null): string => (state ? say(`cases.states.${state}`) : say('cases.notFiled'))

export function leftWords(deadline: Deadline): string {
  const { key, n } = leftOf(deadline)
  return say(`cases.left.${key}`, { n })
}

export const lengthOf = ({ count, unit }: Deadline): string => say(`cases.units.${unit}`, { n: count })
export const kindOf = ({ kind }: Deadline): string => say(`cases.kinds.${kind}`)

/** `自 2026年3月2日 起 7 个工作日，至 2026年3月11日。` */
export const countedWords = (deadline: Deadline): string =>
  say('cases.counted', { from: dayOf(deadline.counted_from), length: lengthOf(deadline), to: dayOf(deadline.ends_on) })

/** Who has the next move, with the act that is due. */
export function turnWords({ turn }: Pick<CaseShort, 'turn'>): string {
  const who = say(`cases.turns.${turn.who}`)
  return turn.title ? say('cases.turnFor', { who, act: text(turn.title) }) : who
}

/** One thing that was said, with its unit. */
export function saidValue({ kind, value, text: coded }: Said): string {
  if (coded) return text(coded)
  if (typeof value === 'boolean') return say(value ? 'common.yes' : 'common.no')
  if (kind === 'date') return dayOf(String(value))
  if (kind === 'moment') return momentOf(String(value))
  if (kind === 'yuan') return yuanOf(Number(value))
  if (kind === 'days') return say('cases.units.days', { n: Number(value) })
  return String(value)
}

/** What follows, a sentence each. */
export function consequenceWords({ before, after, opens, effective_on: effective }: Consequence): string[] {
  const moved = before === after ? say('cases.act.stays', { to: stateOf(after) }) : say('cases.act.becomes', { from: stateOf(before), to: stateOf(after) })
  const begins = opens.map((each) => say('cases.act.opens', { kind: kindOf(each), from: dayOf(each.counted_from), length: lengthOf(each), to: dayOf(each.ends_on) }))
  const counts = effective ? [say('cases.act.effective', { day: dayOf(effective) })] : []
  return [moved, ...counts, ...(begins.length ? begins : [say('cases.act.nothing')])]
}
