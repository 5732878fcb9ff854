import { describe, expect, it } from 'vitest'
import type { Layer } from '@/api/types'
import { mergedOrder, moved, naturalOrder } from './order'

const layers = ['candidates', 'roads', 'grids'].map((id) => ({ id }) as Layer)

describe('the order of drawing', () => {
  it('is the catalogue’s, topmost first', () => expect(naturalOrder(layers)).toEqual(['candidates', 'roads', 'grids']))
  it('moves one above another', () => expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']))
  it('moves one to the bottom', () => expect(moved(['a', 'b', 'c'], 'a', null)).toEqual(['b', 'c', 'a']))
  it('keeps a chosen order, drops layers that are gone and finds a place for new ones', () => {
    expect(mergedOrder(['grids', 'gone', 'candidates'], layers)).toEqual(['grids', 'candidates', 'roads'])
  })
})
