/** How the later flight lies beside the earlier one around a suspicion, and how to undo it on the screen. */
import type { Candidate, Position } from '@/api/types'

/**
 * Where things around `centre` (degrees) of the earlier flight appear in the later one: `lon`, `lat` degrees further,
 * turned anticlockwise by `turn` degrees and scaled about that place. What a local
 * warp shears beside that is centimetres over a suspicion: a map can be turned and zoomed, but not sheared.
 */
export interface Placement {
  centre: Position
  lon: number
  lat: number
  turn: number
  scale: number
}

/** Beyond this a shift alone is no misregistration but a fault; then both pictures stay where they say they are. */
export const MOST_METRES = 50
const METRES_PER_DEGREE = 111_195
const RADIANS = Math.PI / 180

export const STILL: Placement = { centre: [0, 0], lon: 0, lat: 0, turn: 0, scale: 1 }

/** The alignment at the middle of a suspicion, as far as the detector applied it; the mere shift for flights of which no more is known. */
export function placementOf(candidate: Pick<Candidate, 'alignment' | 'bbox'> | null): Placement {
  const shift = candidate?.alignment
  if (!candidate || !shift) return STILL
  const [west, south, east, north] = candidate.bbox
  const centre: Position = [(west + east) / 2, (south + north) / 2]
  if (shift.here) return { centre, lon: shift.here.lon, lat: shift.here.lat, turn: shift.here.turn_deg, scale: shift.here.scale }
  if (!shift.reliable || Math.hypot(shift.dx_m, shift.dy_m) > MOST_METRES) return STILL
  return { ...STILL, centre, lon: shift.dx_m / (METRES_PER_DEGREE * Math.cos(centre[1] * RADIANS)), lat: shift.dy_m / METRES_PER_DEGREE }
}

/** Turned and scaled about nothing; degrees of longitude count as on the ground at the placement's latitude. */
function spun([x, y]: Position, turn: number, scale: number, latitude: number): Position {
  const narrow = Math.cos(latitude * RADIANS)
  const [sin, cos] = [Math.sin(turn * RADIANS), Math.cos(turn * RADIANS)]
  return [scale * (x * cos - (y * sin) / narrow), scale * (x * narrow * sin + y * cos)]
}

/** Where a place of the earlier flight is in the later one. */
export function there(by: Placement, [lon, lat]: Position): Position {
  const [x, y] = spun([lon - by.centre[0], lat - by.centre[1]], by.turn, by.scale, by.centre[1])
  return [by.centre[0] + by.lon + x, by.centre[1] + by.lat + y]
}

/** Where a place of the later flight is in the earlier one. */
export function back(by: Placement, [lon, lat]: Position): Position {
  const [x, y] = spun([lon - by.centre[0] - by.lon, lat - by.centre[1] - by.lat], -by.turn, 1 / by.scale, by.centre[1])
  return [by.centre[0] + x, by.centre[1] + y]
}

/** A geometry of the earlier flight as it lies in the later one. */
export function moved<T extends GeoJSON.Geometry>(geometry: T, by: Placement): T {
  const move = (part: unknown): unknown =>
    Array.isArray(part) && typeof part[0] === 'number' ? [...there(by, [part[0], part[1] as number]), ...part.slice(2)] : (part as unknown[]).map(move)
  return 'coordinates' in geometry ? { ...geometry, coordinates: move(geometry.coordinates) } : geometry
}
