import { describe, expect, it } from 'vitest'
import { addresses, tileAt, viewOf } from './prefetch'

const imagery = { tiles: '/imagery/3/{z}/{x}/{y}.webp', minzoom: 10, maxzoom: 20 }

describe('the tiles of the suspicion that comes next', () => {
  it('are those of Web Mercator', () => {
    expect(tileAt(0, 0, 1)).toEqual([1, 1])
    const [x, y] = tileAt(116.5, 31.75, 14)
    expect([Math.floor(x), Math.floor(y)]).toEqual([13494, 6666])
  })
  it('surround the suspicion, nearest first, and are not many', () => {
    const found = addresses(imagery, viewOf([116.5, 31.75, 116.5002, 31.7502]), 1200)
    expect(found.length).toBeGreaterThan(3)
    expect(found.length).toBeLessThanOrEqual(48)
    const [x, y] = tileAt(116.5001, 31.7501, 20).map(Math.floor)
    expect(found.slice(0, 4)).toContain(`/imagery/3/20/${x}/${y}.webp`)
  })
  it('are never finer than the flight has', () => {
    expect(addresses({ ...imagery, maxzoom: 17 }, viewOf([116.5, 31.75, 116.5001, 31.7501]), 1200).every((each) => each.startsWith('/imagery/3/17/'))).toBe(true)
  })
})
