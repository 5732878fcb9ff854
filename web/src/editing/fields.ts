/** What a form asks for, what of it was changed, and what two people changed differently. Pure. */
import type { Field, Layer } from '@/api/types'

export type Values = Record<string, unknown>

export const asked = (layer: Layer): Field[] => layer.fields.filter((field) => field.editable)

const plain = (value: unknown): unknown => (value === undefined || value === '' ? null : value)
export const equal = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b))

/** The fields whose values differ, with those of `mine`. */
export const changed = (layer: Layer, was: Values, mine: Values): Values =>
  Object.fromEntries(asked(layer).filter(({ name }) => !equal(was[name], mine[name])).map(({ name }) => [name, plain(mine[name])]))

/** Required fields that are blank; what is measured may be. */
export const missing = (layer: Layer, values: Values): Field[] =>
  asked(layer).filter((field) => field.required && !field.measured && plain(values[field.name]) === null)

/** Fields that both changed since `base`, and not to the same. */
export const clashing = (layer: Layer, base: Values, mine: Values, theirs: Values): Field[] =>
  asked(layer).filter(({ name }) => !equal(base[name], mine[name]) && !equal(base[name], theirs[name]) && !equal(mine[name], theirs[name]))

/** What a control holds → what the server takes: numbers as numbers, blanks as nothing. */
export function given(field: Field, typed: string): unknown {
  const text = typed.trim()
  if (!text) return null
  if (field.type === 'boolean') return text === 'true'
  if ((field.type === 'number' || field.type === 'integer') && Number.isFinite(Number(text))) return Number(text)
  return text
}

/** What the server said → what a control holds. */
export function typed(field: Field, value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  if (field.type === 'time') return text.slice(0, 5)
  return field.type === 'datetime' && text ? localMinute(text) : text
}

function localMinute(moment: string): string {
  const at = new Date(moment)
  if (Number.isNaN(at.getTime())) return moment
  return new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 16) // Chinese standard time, as the server reads it
}
