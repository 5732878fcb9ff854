/** Rates as people read them: never without numerator and denominator. */
import type { QualityFigure, Rate } from '@/api/types'
import { has, say } from '@/i18n'
import { formatNumber, formatShare } from '@/i18n/format'

/** `179 / 190`; an estimated denominator says so: `80 / 约 101`. */
export function termsOf({ numerator, denominator }: Rate): string {
  if (denominator === null) return `${formatNumber(numerator)} / —`
  const whole = Number.isInteger(denominator) ? formatNumber(denominator) : say('quality.about', { n: formatNumber(Math.round(denominator)) })
  return `${formatNumber(numerator)} / ${whole}`
}

export function intervalOf({ low, high }: Rate): string {
  return low === null || high === null ? '' : say('quality.interval', { low: formatShare(low), high: formatShare(high) })
}

export type Grouping = 'divisions' | 'kinds' | 'models'

/** What a row is called: the township, the kind of change, the model version. */
export function nameOf(figure: QualityFigure, by: Grouping): string {
  if (by === 'divisions') return figure.name ?? say('quality.noDivision')
  if (by === 'kinds') return has(`candidates.kinds.${figure.key}`) ? say(`candidates.kinds.${figure.key}`) : say(`quality.kindsMissed.${figure.key}`)
  if (figure.key === null) return say('quality.noModel')
  return has(`candidates.methods.${figure.key}`) ? say(`candidates.methods.${figure.key}`) : figure.key
}
