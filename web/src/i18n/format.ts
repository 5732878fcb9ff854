/** Figures, dates and sizes as people read them. Units are always printed, after a thin space. */

export const THIN = '\u2009'

const digits = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replaceAll(',', THIN)

/** `1 234.5`: grouped by thin spaces; at most `decimals` places, whole numbers without. */
export function formatNumber(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return '—'
  return Number.isInteger(value) ? digits(value, 0) : digits(value, decimals).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
}

export const withUnit = (value: string, unit: string | null | undefined): string => (unit ? `${value}${THIN}${unit}` : value)

/** Metres in, `532 m` or `1.53 km` out. */
export function formatLength(metres: number): string {
  if (metres < 10) return withUnit(digits(metres, 2), 'm')
  if (metres < 1000) return withUnit(digits(metres, 1), 'm')
  return withUnit(digits(metres / 1000, metres < 100_000 ? 3 : 1), 'km')
}

/** One 亩 is 10000/15 m² (State Council order of 1984 on statutory units: 15 亩 = 1 公顷). */
export const MU_M2 = 10_000 / 15
export const HECTARE_M2 = 10_000

export interface Areas {
  m2: string
  mu: string
  ha: string
  km2: string
}

/** Square metres in, the same area as figures in m², 亩, 公顷 and km². */
export function areas(m2: number): Areas {
  return {
    m2: digits(m2, m2 < 1000 ? 1 : 0),
    mu: digits(m2 / MU_M2, m2 < MU_M2 * 100 ? 2 : 1),
    ha: digits(m2 / HECTARE_M2, m2 < HECTARE_M2 * 100 ? 3 : 2),
    km2: digits(m2 / 1e6, m2 < 1e8 ? 3 : 1),
  }
}

/** `86 %` of 0.86; `percent(13263, 13271)` divides itself, two places. */
export const formatShare = (share: number, decimals = 0): string => withUnit(digits(share * 100, decimals), '%')

/** A detector is never certain, whatever rounding would make of it. */
export const formatConfidence = (confidence: number): string => formatShare(Math.min(confidence, 0.99))

const POWERS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(POWERS.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)))
  return withUnit(formatNumber(bytes / 1024 ** power, power < 2 ? 0 : 1), POWERS[power])
}

/** The bureau's, wherever a page is read: an act of record has one time of day. */
const timeZone = 'Asia/Shanghai'

/** `2023年6月1日` or `1 Jun 2023` of an ISO date or date-time; a value that is no date is given back. */
export function formatDate(iso: string, locale: string): string {
  const read = new Date(iso.length === 10 ? `${iso}T00:00:00+08:00` : iso)
  if (Number.isNaN(read.getTime())) return iso
  const month = locale.startsWith('zh') ? 'long' : 'short'
  return new Intl.DateTimeFormat(locale, { year: 'numeric', month, day: 'numeric', timeZone }).format(read)
}

/** The date with hours and minutes, in China's time. */
export function formatMoment(iso: string, locale: string): string {
  const read = new Date(iso)
  if (Number.isNaN(read.getTime())) return iso
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(read)
  return `${formatDate(iso, locale)} ${time}`
}

/** Splits seconds into the unit a person would say: the key of `units` and the number. */
export function duration(seconds: number): { key: 'units.seconds' | 'units.minutes' | 'units.hours'; n: string } {
  if (seconds < 60) return { key: 'units.seconds', n: formatNumber(Math.max(1, Math.round(seconds))) }
  if (seconds < 5400) return { key: 'units.minutes', n: formatNumber(Math.round(seconds / 60)) }
  return { key: 'units.hours', n: formatNumber(seconds / 3600, 1) }
}
