import { describe, expect, it } from 'vitest'
import { problemFrom, query } from './client'

describe('a refusal', () => {
  it('is read from its problem document', () => {
    const problem = problemFrom(409, '{"code":"conflict","title_zh":"已被处理","title_en":"Handled","id":"ab12"}')
    expect(problem).toMatchObject({ status: 409, code: 'conflict', id: 'ab12', titles: { zh: '已被处理', en: 'Handled' } })
  })
  it('is a problem too where the body is none', () => expect(problemFrom(502, '<html>')).toMatchObject({ status: 502, code: 'http_502', id: null }))
})

describe('a query', () => {
  it('leaves out what is not set', () => expect(query({ a: 1, b: '', c: null, d: undefined, e: 'x y' })).toBe('?a=1&e=x+y'))
  it('is nothing where nothing is set', () => expect(query({})).toBe(''))
})
