import { describe, expect, it } from 'vitest'
import type { Sighting } from '@/api/types'
import { stateOf, storyOf } from './story'

const seen = (flown_on: string, state: Sighting['state'], area_m2 = 100, detected = true): Sighting =>
  ({ survey_id: 1, flown_on, state, detected, kind: 'new', area_m2, height_change_m: null, confidence: 0.8, method: 'fused', model: 'chengtu-1' })

describe('the story of a structure', () => {
  const story = storyOf([
    seen('2023-03-12', 'appeared'), seen('2023-04-12', 'unchanged', 100, false), seen('2023-05-12', 'unchanged', 100, false),
    seen('2023-06-18', 'grew', 150), seen('2023-09-30', 'gone', 150), seen('2023-12-01', 'gone', 150, false),
  ])
  it('draws together what only repeats', () => {
    expect(story.map(({ state, from, to, flights }) => [state, from, to, flights])).toEqual([
      ['appeared', '2023-03-12', '2023-03-12', 1], ['unchanged', '2023-04-12', '2023-05-12', 2],
      ['grew', '2023-06-18', '2023-06-18', 1], ['gone', '2023-09-30', '2023-12-01', 2],
    ])
  })
  it('says by how much it grew', () => expect(story.map((each) => each.gained_m2)).toEqual([0, 0, 50, 0]))
  it('gives no confidence where the detector was silent', () => expect(story[1]!.confidence).toBeNull())
  it('ends with what the last flight says', () => {
    expect(stateOf([seen('2023-03-12', 'appeared')])).toBe('appeared')
    expect(stateOf([])).toBeNull()
  })
})
