import { describe, expect, it } from 'vitest'
import type { MultiPolygon } from 'geojson'
import type { Position } from '@/api/types'
import { appended, begun, geometryOf, handlesOf, inserted, moved, nothing, removed, shapeOf, sidesOf, snapped } from './shape'

const RING: Position[] = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
const HOLE: Position[] = [[1, 1], [1, 2], [2, 2], [1, 1]]
const FAR: Position[] = [[9, 9], [10, 9], [10, 10], [9, 9]]
const holed: MultiPolygon = { type: 'MultiPolygon', coordinates: [[RING, HOLE], [FAR]] }
const pixel = ([x, y]: Position): { x: number; y: number } => ({ x: x * 10, y: y * 10 })

describe('a shape under the pen', () => {
  it('comes back as it was, parts and holes included', () => expect(geometryOf(shapeOf('MultiPolygon', holed))).toEqual(holed))
  it('has a handle on every corner and in the middle of every side', () => expect(handlesOf(shapeOf('MultiPolygon', holed))).toHaveLength(2 * (4 + 3 + 3)))
  it('has no side between the ends of a line', () => {
    const line = shapeOf('MultiLineString', { type: 'LineString', coordinates: [[0, 0], [1, 0], [1, 1]] })
    expect(handlesOf(line).filter((each) => each.handle.between)).toHaveLength(2)
  })
  it('moves one corner of a hole and leaves the rest', () => {
    const after = geometryOf(moved(shapeOf('MultiPolygon', holed), { path: 1, corner: 0, between: false }, [1.5, 1.5])) as MultiPolygon
    expect(after.coordinates[0]![1]![0]).toEqual([1.5, 1.5])
    expect(after.coordinates[0]![1]!.at(-1)).toEqual([1.5, 1.5])
    expect(after.coordinates[0]![0]).toEqual(RING)
  })
  it('takes a new corner in the last side of a ring, which is then closed behind it', () => {
    const { shape, handle } = inserted(shapeOf('MultiPolygon', { type: 'Polygon', coordinates: [RING] }), { path: 0, corner: 3, between: true }, [-1, 2])
    expect(handle).toEqual({ path: 0, corner: 4, between: false })
    expect((geometryOf(shape) as MultiPolygon).coordinates[0]![0]).toEqual([[0, 0], [4, 0], [4, 4], [0, 4], [-1, 2], [0, 0]])
  })
  it('loses a hole of three corners with the first that is taken away, and an outline with its holes', () => {
    const shape = shapeOf('MultiPolygon', { type: 'MultiPolygon', coordinates: [[FAR, HOLE], [RING]] })
    expect(removed(shape, { path: 1, corner: 0, between: false }).paths).toHaveLength(2)
    expect(removed(shape, { path: 0, corner: 0, between: false }).paths.map((each) => each.corners.length)).toEqual([4])
  })
  it('is no geometry before it has enough corners', () => {
    let shape = nothing('MultiPolygon')
    for (const at of [[0, 0], [1, 0]] as Position[]) shape = appended(shape, at)
    expect(geometryOf(shape)).toBeNull()
    expect(geometryOf(appended(shape, [1, 1]))).not.toBeNull()
  })
  it('begins a further part beside what is there', () => {
    const shape = begun(shapeOf('MultiPolygon', holed), [20, 20])
    expect(shape.paths.at(-1)).toEqual({ corners: [[20, 20]], part: 2, hole: false })
  })
  it('moves the one point of a point layer', () => {
    expect(geometryOf(appended(appended(nothing('Point'), [1, 1]), [2, 2]))).toEqual({ type: 'Point', coordinates: [2, 2] })
  })
})

describe('snapping', () => {
  const sides = sidesOf({ type: 'Polygon', coordinates: [RING] })
  it('knows all sides of a ring', () => expect(sides).toHaveLength(4))
  it('takes the exact corner before a side that is nearer', () => expect(snapped({ x: 41, y: 3 }, sides, pixel, 10)).toEqual([4, 0]))
  it('takes the nearest place on a side where no corner is', () => expect(snapped({ x: 20, y: 4 }, sides, pixel, 10)).toEqual([2, 0]))
  it('lets a pointer go that is near nothing', () => expect(snapped({ x: 20, y: 20 }, sides, pixel, 10)).toBeNull())
})
