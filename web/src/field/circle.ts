/** A circle on the ground as a polygon. Pure. */
import type { Polygon } from 'geojson'
import type { Position } from '@/api/types'

const METRES_PER_DEGREE = 111_195

/** Ring of 64 points at `radius` metres around a place in degrees; good to a centimetre for a kilometre. */
export function circle([lon, lat]: Position, radius: number): Polygon {
  const [dy, dx] = [radius / METRES_PER_DEGREE, radius / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180))]
  const ring = Array.from({ length: 65 }, (_each, index): Position => {
    const angle = (index / 64) * Math.PI * 2
    return [lon + dx * Math.cos(angle), lat + dy * Math.sin(angle)]
  })
  return { type: 'Polygon', coordinates: [ring] }
}
