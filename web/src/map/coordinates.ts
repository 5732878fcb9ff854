/**
 * Coordinates as the bureau writes them.
 *
 * The map is in WGS 84, which agrees with CGCS2000 to a few centimetres; nothing is shifted here.
 * Plane coordinates are CGCS2000 / 3-degree Gauss-Krüger CM 117E (EPSG:4548): east 500 000 at 117°E,
 * scale 1, CGCS2000 ellipsoid (a 6 378 137 m, 1/f 298.257222101).
 */
import proj4 from 'proj4'
import type { Position } from '@/api/types'
import { THIN } from '@/i18n/format'

const EPSG_4548 =
  '+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +a=6378137 +rf=298.257222101 +units=m +no_defs'
const GEOGRAPHIC = '+proj=longlat +a=6378137 +rf=298.257222101 +no_defs'
const plane = proj4(GEOGRAPHIC, EPSG_4548)

/** Longitude, latitude in degrees → east, north in metres. */
export const toPlane = (at: Position): Position => plane.forward([at[0], at[1]]) as Position

/** East, north in metres → longitude, latitude in degrees. */
export const fromPlane = (at: Position): Position => plane.inverse([at[0], at[1]]) as Position

/** `116.520000°E 31.750000°N`; six places are about 0.1 m. */
export const formatLonLat = ([lon, lat]: Position): string => `${lon.toFixed(6)}°E${THIN}${THIN}${lat.toFixed(6)}°N`

/** What goes to the clipboard: `116.520000, 31.750000`, which the search box reads again. */
export const copyLonLat = ([lon, lat]: Position): string => `${lon.toFixed(6)}, ${lat.toFixed(6)}`

const grouped = (metres: number): string =>
  metres.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).replaceAll(',', THIN)

export const formatPlane = ([east, north]: Position): { east: string; north: string } => ({
  east: grouped(east),
  north: grouped(north),
})

export const copyPlane = ([east, north]: Position): string => `${east.toFixed(2)}, ${north.toFixed(2)}`

/** Length in metres of a path given in degrees, measured in the 4548 plane. */
export function pathLength(path: Position[]): number {
  const points = path.map(toPlane)
  return points.slice(1).reduce((sum, point, index) => {
    const before = points[index]!
    return sum + Math.hypot(point[0] - before[0], point[1] - before[1])
  }, 0)
}

/** Area in m² of a ring given in degrees (closed or not), measured in the 4548 plane. */
export function ringArea(ring: Position[]): number {
  const points = ring.map(toPlane)
  const twice = points.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length]!
    return sum + x * nextY - nextX * y
  }, 0)
  return Math.abs(twice) / 2
}

const side = (a: Position, b: Position, c: Position): number =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

const crosses = (a: Position, b: Position, c: Position, d: Position): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0

/** True where two sides of the closed ring cross, so that its area means nothing. */
export function crossesItself(ring: Position[]): boolean {
  const sides = ring.map((point, index) => [point, ring[(index + 1) % ring.length]!] as const)
  return sides.some(([a, b], i) => sides.slice(i + 1).some(([c, d]) => crosses(a, b, c, d)))
}
