import { describe, expect, it, vi } from 'vitest'
import type { QualityFigure, Rate } from '@/api/types'

// The page's language is remembered in the browser; here there is none
vi.stubGlobal('localStorage', { getItem: () => null })
vi.stubGlobal('document', { documentElement: {}, createElement: () => ({}) })
const { intervalOf, nameOf, termsOf } = await import('./words')

const rate = (values: Partial<Rate>): Rate => ({ numerator: 0, denominator: null, value: null, low: null, high: null, note: null, ...values })
const row = (values: Partial<QualityFigure>): QualityFigure => ({ key: null, name: null, ...values }) as QualityFigure

describe('a rate', () => {
  it('is never without its terms', () => {
    expect(termsOf(rate({ numerator: 179, denominator: 190 }))).toBe('179 / 190')
    expect(termsOf(rate({ numerator: 80, denominator: 101.4 }))).toBe('80 / 约 101')
    expect(termsOf(rate({ numerator: 12 }))).toBe('12 / —')
  })
  it('has an interval only with both limits', () => {
    expect(intervalOf(rate({ low: 0.7, high: 0.86 }))).toContain('70')
    expect(intervalOf(rate({}))).toBe('')
  })
})

describe('a row', () => {
  it('is called as people call it, not by a code', () => {
    expect(nameOf(row({ name: '木厂镇' }), 'divisions')).toBe('木厂镇')
    expect(nameOf(row({}), 'divisions')).toBe('不在任何乡镇街道内')
    expect(nameOf(row({ key: 'demolished' }), 'kinds')).toBe('拆除')
    expect(nameOf(row({ key: 'difference' }), 'models')).toBe('影像差异')
    expect(nameOf(row({ key: 'c1-20231101' }), 'models')).toBe('c1-20231101')
  })
})
