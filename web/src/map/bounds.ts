/** The box around a geometry. */
import type { Geometry, Position as GeoPosition } from 'geojson'
import type { Bounds } from '@/api/types'

type Nested = GeoPosition | Nested[]

function* positions(nested: Nested): Generator<GeoPosition> {
  if (typeof nested[0] === 'number') yield nested as GeoPosition
  else for (const each of nested as Nested[]) yield* positions(each)
}

function* points(geometry: Geometry): Generator<GeoPosition> {
  if (geometry.type === 'GeometryCollection') for (const each of geometry.geometries) yield* points(each)
  else yield* positions(geometry.coordinates as Nested)
}

/** The same around several; null where there is none. */
export function boundsOfAll(geometries: (Geometry | null | undefined)[]): Bounds | null {
  const boxes = geometries.map(boundsOf).filter((each): each is Bounds => each !== null)
  if (boxes.length === 0) return null
  return [Math.min(...boxes.map((each) => each[0])), Math.min(...boxes.map((each) => each[1])), Math.max(...boxes.map((each) => each[2])), Math.max(...boxes.map((each) => each[3]))]
}

/** West, south, east, north in degrees; null where there is nothing. */
export function boundsOf(geometry: Geometry | null | undefined): Bounds | null {
  if (!geometry) return null
  const all = [...points(geometry)]
  if (all.length === 0) return null
  const [lons, lats] = [all.map((each) => each[0]!), all.map((each) => each[1]!)]
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}
