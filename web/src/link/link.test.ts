import { describe, expect, it } from 'vitest'
import { EMPTY, readLink, writeLink } from './link'

describe('the page in its address', () => {
  it('comes back as it was written', () => {
    const link = { view: { zoom: 14.25, lat: 31.765, lon: 116.5365 }, layers: ['grids', 'roads'], flight: 3, at: { layer: 'grids', id: 12 }, review: 45, tab: 'candidates' }
    expect(readLink(writeLink(link))).toEqual(link)
  })
  it('leaves out what is not chosen', () => expect(writeLink(EMPTY)).toBe('#'))
  it('keeps that no layer is chosen apart from no choice', () => {
    expect(readLink('#layers=').layers).toEqual([])
    expect(readLink('#').layers).toBeNull()
  })
  it('reads a flight that was switched off', () => expect(readLink('#flight=none').flight).toBe('none'))
  it('takes no notice of nonsense', () => {
    expect(readLink('#view=a/b/c&at=grids/x&review=-1&flight=later')).toEqual(EMPTY)
    expect(readLink('#view=99/31/116').view).toBeNull()
  })
})
