import { describe, expect, it } from 'vitest'
import type { Field } from '@/api/types'
import { THIN } from '@/i18n/format'
import { readValue } from './attributes'

const how = { language: 'zh' as const, locale: 'zh-CN', yes: '是', no: '否', unknown: '未知' }
const field = (over: Partial<Field>): Field => ({ name: 'x', title: { zh: '某', en: 'x' }, type: 'text', unit: null, codes: [], required: false, personal: false, editable: true, measured: false, chosen: false, ...over })

describe('a value as a person reads it', () => {
  it('has its unit', () => expect(readValue(field({ type: 'number', unit: 'm²' }), 6367.8, how)).toBe(`6${THIN}367.8${THIN}m²`))
  it('is the title of its code', () => {
    expect(readValue(field({ type: 'code', codes: [{ value: 'brick', title: { zh: '砖混', en: 'Brick' } }] }), 'brick', how)).toBe('砖混')
  })
  it('is never the raw code', () => expect(readValue(field({ type: 'code', codes: [{ value: 'a', title: { zh: '甲', en: 'A' } }] }), 'b', how)).toBe('未知'))
  it('is never an ISO date', () => expect(readValue(field({ type: 'date' }), '2023-05-06', how)).toBe('2023年5月6日'))
  it('is empty where nothing is known', () => expect(readValue(field({}), null, how)).toBe(''))
  it('says yes and no', () => expect([true, false].map((each) => readValue(field({ type: 'boolean' }), each, how))).toEqual(['是', '否']))
})
