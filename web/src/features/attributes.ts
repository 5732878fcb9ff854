/** A feature's attributes as a person reads them: titles, units, code titles; never raw names or values. Pure. */
import type { Field, Layer } from '@/api/types'
import { formatDate, formatMoment, formatNumber, withUnit } from '@/i18n/format'

export interface Reading {
  language: 'zh' | 'en'
  locale: string
  yes: string
  no: string
  unknown: string
}

export interface Attribute {
  name: string
  title: string
  /** Empty where nothing is known. */
  value: string
  code: boolean
  personal: boolean
}

/** Values that are codes of things (grid codes, permit numbers) are set in mono. */
const looksLikeCode = (field: Field): boolean => field.type === 'text' && /(^|_)(code|number|no)$/.test(field.name)

/** One value; an unknown code is said to be unknown rather than shown raw. */
export function readValue(field: Field, value: unknown, how: Reading): string {
  if (value === null || value === undefined || value === '') return ''
  if (field.codes.length) {
    const code = field.codes.find((each) => each.value === String(value))
    return code ? code.title[how.language] : how.unknown
  }
  if (field.type === 'boolean') return value === true || value === 'true' ? how.yes : how.no
  if (field.type === 'date') return formatDate(String(value), how.locale)
  if (field.type === 'time') return String(value).slice(0, 5)
  if (field.type === 'datetime') return formatMoment(String(value), how.locale)
  if (field.type === 'number' || field.type === 'integer') return withUnit(formatNumber(Number(value)), field.unit)
  return withUnit(String(value), field.unit)
}

/** All attributes in the order of the catalogue; those of the database that it does not name are left out. */
export function readAttributes(layer: Layer, properties: Record<string, unknown>, how: Reading): Attribute[] {
  return layer.fields.map((field) => ({
    name: field.name,
    title: field.title[how.language],
    value: readValue(field, properties[field.name], how),
    code: looksLikeCode(field),
    personal: field.personal,
  }))
}

/** What the thing is called: its label, else its code, else nothing. */
export function nameOf(layer: Layer, properties: Record<string, unknown>, how: Reading): string {
  for (const name of [layer.label, 'name', layer.key]) {
    const field = layer.fields.find((each) => each.name === name)
    const read = field ? readValue(field, properties[field.name], how) : ''
    if (read) return read
  }
  return ''
}
