import { describe, expect, it } from 'vitest'
import { MU_M2, THIN, areas, duration, formatBytes, formatConfidence, formatDate, formatLength, formatMoment, formatNumber, formatShare } from './format'

describe('figures', () => {
  it('is never quite sure of a detection', () => {
    expect(formatConfidence(0.9997)).toBe(`99${THIN}%`)
    expect(formatConfidence(0.554)).toBe(`55${THIN}%`)
  })

  it('groups thousands with a thin space and drops idle zeros', () => {
    expect(formatNumber(13271)).toBe(`13${THIN}271`)
    expect(formatNumber(6367.8)).toBe(`6${THIN}367.8`)
    expect(formatNumber(355.5, 3)).toBe('355.5')
  })
  it('says that a figure that is none is none', () => expect(formatNumber(Number.NaN)).toBe('—'))
  it('prints a rate to two places, as the quotient is and not as the summary says', () => {
    expect(formatShare(13263 / 13271, 2)).toBe(`99.94${THIN}%`)
  })
})

describe('lengths and areas', () => {
  it('changes from metres to kilometres at a thousand', () => {
    expect(formatLength(532.14)).toBe(`532.1${THIN}m`)
    expect(formatLength(355_500)).toBe(`355.5${THIN}km`)
    expect(formatLength(3.456)).toBe(`3.46${THIN}m`)
  })
  it('knows that fifteen mu are one hectare', () => {
    expect(15 * MU_M2).toBe(10_000)
    const one = areas(10_000)
    expect(one).toEqual({ m2: `10${THIN}000`, mu: '15.00', ha: '1.000', km2: '0.010' })
  })
  it('keeps a decimal for small areas', () => expect(areas(48.26).m2).toBe('48.3'))
})

describe('dates, times and sizes', () => {
  it('prints no ISO date', () => {
    expect(formatDate('2023-06-01', 'zh-CN')).toBe('2023年6月1日')
    expect(formatDate('2023-06-01', 'en-GB')).toBe('1 Jun 2023')
  })
  it('tells the time of China, also a midnight, wherever it is read', () => {
    expect(formatMoment('2024-01-31T01:05:00Z', 'zh-CN')).toBe('2024年1月31日 09:05')
    expect(formatMoment('2024-01-30T16:00:00Z', 'en-GB')).toBe('31 Jan 2024 00:00')
  })
  it('gives back what is no date', () => expect(formatDate('spring', 'zh-CN')).toBe('spring'))
  it('says a duration in the unit a person would', () => {
    expect(duration(0.4)).toEqual({ key: 'units.seconds', n: '1' })
    expect(duration(200)).toEqual({ key: 'units.minutes', n: '3' })
    expect(duration(9000)).toEqual({ key: 'units.hours', n: '2.5' })
  })
  it('prints bytes in the power that fits', () => {
    expect(formatBytes(0)).toBe(`0${THIN}B`)
    expect(formatBytes(1024 ** 3 * 2.5)).toBe(`2.5${THIN}GB`)
  })
})
