import { describe, expect, it } from 'vitest'
import type { Field, Layer } from '@/api/types'
import { changed, clashing, given, missing, typed } from './fields'

const field = (name: string, more: Partial<Field> = {}): Field =>
  ({ name, title: { zh: name, en: name }, type: 'text', unit: null, codes: [], required: false, personal: false, editable: true, measured: false, chosen: false, ...more }) as Field
const layer = {
  fields: [field('name', { required: true }), field('area_m2', { type: 'number', required: true, measured: true }), field('since', { type: 'datetime' }), field('updated_by', { editable: false })],
} as unknown as Layer

describe('a form', () => {
  it('sends only what was changed, a blank as nothing', () => expect(changed(layer, { name: 'a', area_m2: 2 }, { name: '', area_m2: 2 })).toEqual({ name: null }))
  it('sends nothing that no form asks for', () => expect(changed(layer, {}, { updated_by: 'x' })).toEqual({}))
  it('names required blanks, but not what is measured', () => expect(missing(layer, {}).map((each) => each.name)).toEqual(['name']))
  it('finds what both changed, and not what both changed alike', () => {
    const base = { name: 'a', area_m2: 1 }
    expect(clashing(layer, base, { name: 'b', area_m2: 2 }, { name: 'c', area_m2: 2 }).map((each) => each.name)).toEqual(['name'])
  })
  it('gives numbers as numbers and leaves what is none to the server to refuse', () => {
    const number = layer.fields[1]!
    expect(given(number, ' 12.5 ')).toBe(12.5)
    expect(given(number, '12a')).toBe('12a')
    expect(given(number, ' ')).toBeNull()
  })
  it('shows a moment in Chinese time', () => expect(typed(layer.fields[2]!, '2026-03-01T16:30:00Z')).toBe('2026-03-02T00:30'))
})
