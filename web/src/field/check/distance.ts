/** How far and in which direction a place lies. Pure. */
import type { Position } from '@/api/types'

const EARTH_M = 6_371_008.8
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres along a great circle; within 0.5 % on the ellipsoid. */
export function metresBetween([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const [y, x] = [Math.sin(radians(lat2 - lat1) / 2), Math.sin(radians(lon2 - lon1) / 2)]
  return 2 * EARTH_M * Math.asin(Math.sqrt(y * y + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * x * x))
}

/** Degrees clockwise from north, 0 ≤ d < 360. */
export function bearingTo([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const turn = radians(lon2 - lon1)
  const east = Math.sin(turn) * Math.cos(radians(lat2))
  const north = Math.cos(radians(lat1)) * Math.sin(radians(lat2)) - Math.sin(radians(lat1)) * Math.cos(radians(lat2)) * Math.cos(turn)
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360
}

export const POINTS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
/** The nearest of the eight points of the compass. */
export const pointOf = (bearing: number): (typeof POINTS)[number] => POINTS[Math.round(bearing / 45) % 8]!
