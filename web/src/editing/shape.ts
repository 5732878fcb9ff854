/**
 * A shape under the pen: paths of corners that can be moved, added and taken away. Pure.
 *
 * Every kind of geometry, parts and holes included, is a list of paths; a ring is kept without its closing corner.
 */
import type { Geometry } from 'geojson'
import type { LayerGeometry, Position } from '@/api/types'

export interface Path {
  corners: Position[]
  /** Which part of a multi geometry it belongs to. */
  part: number
  /** A hole lies in the first path of its part. */
  hole: boolean
}

export interface Shape {
  kind: LayerGeometry
  paths: Path[]
}

/** A corner, or with `between` the middle of the side that begins there. */
export interface Handle {
  path: number
  corner: number
  between: boolean
}

const flat = (at: number[]): Position => [at[0]!, at[1]!]
const least = (kind: LayerGeometry): number => (kind === 'MultiPolygon' ? 3 : kind === 'MultiLineString' ? 2 : 1)
const closes = (kind: LayerGeometry): boolean => kind === 'MultiPolygon'

export const nothing = (kind: LayerGeometry): Shape => ({ kind, paths: [] })

export function shapeOf(kind: LayerGeometry, geometry: Geometry | null): Shape {
  const paths: Path[] = []
  const rings = (parts: number[][][][]): void => parts.forEach((part, index) => part.forEach((ring, at) => {
    paths.push({ corners: ring.slice(0, -1).map(flat), part: index, hole: at > 0 })
  }))
  const lines = (parts: number[][][]): void => parts.forEach((line, part) => paths.push({ corners: line.map(flat), part, hole: false }))
  if (geometry?.type === 'Polygon') rings([geometry.coordinates])
  else if (geometry?.type === 'MultiPolygon') rings(geometry.coordinates)
  else if (geometry?.type === 'LineString') lines([geometry.coordinates])
  else if (geometry?.type === 'MultiLineString') lines(geometry.coordinates)
  else if (geometry?.type === 'Point') paths.push({ corners: [flat(geometry.coordinates)], part: 0, hole: false })
  return { kind, paths }
}

/** As the layer stores it; null while a path has too few corners, or nothing is drawn. */
export function geometryOf(shape: Shape): Geometry | null {
  const { kind, paths } = shape
  if (!paths.length || paths.some((each) => each.corners.length < least(kind))) return null
  if (kind === 'Point') return { type: 'Point', coordinates: paths[0]!.corners[0]! }
  if (kind === 'MultiLineString') return { type: 'MultiLineString', coordinates: paths.map((each) => each.corners) }
  const parts = [...new Set(paths.map((each) => each.part))]
  const closed = (ring: Position[]): Position[] => [...ring, ring[0]!]
  return { type: 'MultiPolygon', coordinates: parts.map((part) => paths.filter((each) => each.part === part).map((each) => closed(each.corners))) }
}

const withPath = (shape: Shape, at: number, corners: Position[]): Shape => ({
  ...shape, paths: shape.paths.map((each, index) => (index === at ? { ...each, corners } : each)),
})

export function moved(shape: Shape, handle: Handle, to: Position): Shape {
  const corners = shape.paths[handle.path]!.corners
  return withPath(shape, handle.path, corners.map((each, index) => (index === handle.corner ? to : each)))
}

/** A new corner in the side that begins at `handle`, and the handle by which it is moved. */
export function inserted(shape: Shape, handle: Handle, at: Position): { shape: Shape; handle: Handle } {
  const corners = shape.paths[handle.path]!.corners
  const corner = handle.corner + 1
  return { shape: withPath(shape, handle.path, corners.toSpliced(corner, 0, at)), handle: { path: handle.path, corner, between: false } }
}

/** Without a corner; a path that would have too few goes altogether, an outline with its holes. */
export function removed(shape: Shape, handle: Handle): Shape {
  const path = shape.paths[handle.path]!
  if (path.corners.length > least(shape.kind)) return withPath(shape, handle.path, path.corners.toSpliced(handle.corner, 1))
  const goes = (each: Path): boolean => each === path || (!path.hole && each.part === path.part)
  return { ...shape, paths: shape.paths.filter((each) => !goes(each)) }
}

/** With one more corner at the end of the path that is being drawn; a point has only one. */
export function appended(shape: Shape, at: Position): Shape {
  if (shape.kind === 'Point') return { ...shape, paths: [{ corners: [at], part: 0, hole: false }] }
  const last = shape.paths.length - 1
  return last < 0 ? begun(shape, at) : withPath(shape, last, [...shape.paths[last]!.corners, at])
}

/** With a further part that begins here. */
export function begun(shape: Shape, at: Position): Shape {
  const part = Math.max(-1, ...shape.paths.map((each) => each.part)) + 1
  return { ...shape, paths: [...shape.paths, { corners: [at], part, hole: false }] }
}

/** Corners first, so that they are found before the middles beside them. */
export function handlesOf(shape: Shape): { handle: Handle; at: Position }[] {
  const found: { handle: Handle; at: Position }[] = []
  const middles: { handle: Handle; at: Position }[] = []
  shape.paths.forEach(({ corners }, path) => corners.forEach((at, corner) => {
    found.push({ handle: { path, corner, between: false }, at })
    const next = corners[corner + 1] ?? (closes(shape.kind) && corners.length > 2 ? corners[0] : undefined)
    if (next) middles.push({ handle: { path, corner, between: true }, at: [(at[0] + next[0]) / 2, (at[1] + next[1]) / 2] })
  }))
  return [...found, ...middles]
}

/** Sides of a geometry, each as two corners. */
export function sidesOf(geometry: Geometry): [Position, Position][] {
  const kind: LayerGeometry = geometry.type.endsWith('Polygon') ? 'MultiPolygon' : geometry.type.endsWith('LineString') ? 'MultiLineString' : 'Point'
  return shapeOf(kind, geometry).paths.flatMap(({ corners }) =>
    corners.flatMap((at, index): [Position, Position][] => {
      const next = corners[index + 1] ?? (closes(kind) ? corners[0] : kind === 'Point' ? at : undefined)
      return next ? [[at, next]] : []
    }))
}

type Pixel = { x: number; y: number }
const distance = (a: Pixel, b: Pixel): number => Math.hypot(a.x - b.x, a.y - b.y)

/**
 * The place on neighbouring sides that a pointer means: a corner within `reach` pixels before a point on a side.
 * `project` gives the place on the screen. Null: nothing is near.
 */
export function snapped(
  pointer: Pixel, sides: readonly [Position, Position][], project: (at: Position) => Pixel, reach = 10,
): Position | null {
  let corner: { at: Position; far: number } | null = null
  let edge: { at: Position; far: number } | null = null
  for (const [a, b] of sides) {
    const [pa, pb] = [project(a), project(b)]
    for (const [at, pixel] of [[a, pa], [b, pb]] as const) {
      const far = distance(pixel, pointer)
      if (far <= reach && far < (corner?.far ?? Infinity)) corner = { at, far }
    }
    const [dx, dy] = [pb.x - pa.x, pb.y - pa.y]
    const length = dx * dx + dy * dy
    if (!length) continue
    const along = Math.min(1, Math.max(0, ((pointer.x - pa.x) * dx + (pointer.y - pa.y) * dy) / length))
    const far = distance({ x: pa.x + along * dx, y: pa.y + along * dy }, pointer)
    if (far <= reach && far < (edge?.far ?? Infinity)) edge = { at: [a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])], far }
  }
  return (corner ?? edge)?.at ?? null
}
