import { describe, expect, it } from 'vitest'
import type { CaseWord } from '@/api/types'
import { blank, bodyOf, missing, wrongFigures } from './answers'
import { byDay, leftOf } from './periods'
import { readPlace } from './place'
import { stampOf } from './stamp'

const word = (name: string, kind: CaseWord['kind'], ...values: string[]): CaseWord => ({
  name, kind, zh: name, en: name, choices: values.map((value) => ({ value, title: { zh: value, en: value } })),
})
const period = (unit: 'days' | 'working_days' | 'months', days: number, working: number | null, light: 'green' | 'red' | 'over' = 'green'): Parameters<typeof leftOf>[0] => ({
  unit, days_left: days, working_days_left: working, light,
})

describe('what is left of a period', () => {
  it('is told in working days where the law counts them', () => expect(leftOf(period('working_days', 5, 3))).toEqual({ key: 'working_days', n: 3 }))
  it('is told in days for periods of days and months', () => {
    expect(leftOf(period('days', 12, 8))).toEqual({ key: 'days', n: 12 })
    expect(leftOf(period('months', 40, 28))).toEqual({ key: 'days', n: 40 })
  })
  it('is told in days while a year of holidays is missing', () => expect(leftOf(period('working_days', 5, null))).toEqual({ key: 'days', n: 5 }))
  it('ends today before it is late', () => {
    expect(leftOf(period('days', 0, 0)).key).toBe('today')
    expect(leftOf(period('working_days', -4, -2, 'red'))).toEqual({ key: 'overWorking_days', n: 2 })
    expect(leftOf(period('days', -1, -1, 'red'))).toEqual({ key: 'overDays', n: 1 })
  })
  it('is late by days where no working day has passed', () => expect(leftOf(period('working_days', -1, 0, 'red'))).toEqual({ key: 'overDays', n: 1 }))
  it('is over for a period of the party', () => expect(leftOf(period('days', -9, -7, 'over')).key).toBe('ended'))
  it('is drawn together by day, in order', () => {
    const due = (ends_on: string): { deadline: { ends_on: string } } => ({ deadline: { ends_on } })
    expect(byDay([due('2026-03-01'), due('2026-03-01'), due('2026-03-04')]).map((each) => [each.day, each.items.length])).toEqual([['2026-03-01', 2], ['2026-03-04', 1]])
  })
})

describe('what is filled in for an act', () => {
  const takes = [word('document', 'choice', 'notice'), word('method', 'choice', 'direct', 'mail'), word('served_on', 'date')]
  const decide = [word('limit_days', 'days'), word('fine_yuan', 'yuan'), word('means', 'choices', 'manual'), word('temporary', 'flag')]
  it('begins empty, but for the only choice there is', () => expect(blank(takes)).toEqual({ document: 'notice', method: '', served_on: '' }))
  it('names what must be given and is not', () => {
    expect(missing(takes, { ...blank(takes), served_on: '  ' }).map((each) => each.name)).toEqual(['method', 'served_on'])
    expect(missing(decide, blank(decide)).map((each) => each.name)).toEqual(['limit_days', 'fine_yuan', 'means', 'temporary'])
  })
  it('finds figures that are none', () => {
    const wrong = (limit_days: string, fine_yuan: string): string[] => wrongFigures(decide, { limit_days, fine_yuan }).map((each) => each.name)
    expect(wrong('15', '2300.50')).toEqual([])
    expect(wrong('1.5', '12.345')).toEqual(['limit_days', 'fine_yuan'])
    expect(wrong('-3', '一万')).toEqual(['limit_days', 'fine_yuan'])
    expect(wrong('', '')).toEqual([])
  })
  it('goes to the server as numbers, texts and lists, without what was left empty', () => {
    expect(bodyOf(decide, { limit_days: ' 15 ', fine_yuan: '', means: ['manual'], temporary: false })).toEqual({ limit_days: 15, means: ['manual'], temporary: false })
  })
})

describe('where and when of a site check', () => {
  it('reads longitude before latitude, with either comma', () => {
    expect(readPlace('116.52, 31.75')).toEqual([116.52, 31.75])
    expect(readPlace(' 116.52，31.75 ')).toEqual([116.52, 31.75])
  })
  it('takes no swapped pair and no plane coordinates', () => {
    expect(readPlace('31.75, 116.52')).toBeNull()
    expect(readPlace('454520, 3514232')).toBeNull()
  })
  it('stamps a moment that reads back as the same', () => {
    const at = new Date('2026-03-02T09:30:00+08:00')
    expect(stampOf(at)).toBe('2026-03-02T09:30:00+08:00')
    expect(new Date(stampOf(at)).getTime()).toBe(at.getTime())
  })
})
