/** How far the later flight lies off the earlier one, and how to undo it on the screen. */
import type { Candidate } from '@/api/types'

/** Degrees of longitude and latitude. */
export interface Offset {
  lon: number
  lat: number
}

export const NO_OFFSET: Offset = { lon: 0, lat: 0 }
/** Beyond this the figure is no misregistration but a fault; then both pictures stay where they say they are. */
export const MOST_METRES = 50
const METRES_PER_DEGREE = 111_195

/** Where a thing of the earlier flight is found in the later one: metres east and north as degrees at its place. */
export function offsetOf(candidate: Pick<Candidate, 'alignment' | 'bbox'> | null): Offset {
  const shift = candidate?.alignment
  if (!candidate || !shift?.reliable || Math.hypot(shift.dx_m, shift.dy_m) > MOST_METRES) return NO_OFFSET
  const latitude = ((candidate.bbox[1] + candidate.bbox[3]) / 2) * (Math.PI / 180)
  return { lon: shift.dx_m / (METRES_PER_DEGREE * Math.cos(latitude)), lat: shift.dy_m / METRES_PER_DEGREE }
}

/** A geometry moved by an offset. */
export function moved<T extends GeoJSON.Geometry>(geometry: T, by: Offset): T {
  const move = (part: unknown): unknown =>
    Array.isArray(part) && typeof part[0] === 'number' ? [part[0] + by.lon, part[1] + by.lat, ...part.slice(2)] : (part as unknown[]).map(move)
  return 'coordinates' in geometry ? { ...geometry, coordinates: move(geometry.coordinates) } : geometry
}
