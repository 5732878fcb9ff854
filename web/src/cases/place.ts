/** A place as it is typed or picked. Pure. */
import type { Position } from '@/api/types'

/** Longitude, latitude in degrees of `116.52, 31.75`; null where it is no place in China. */
export function readPlace(words: string): Position | null {
  const found = /^\s*(\d{2,3}(?:\.\d+)?)\s*[,，\s]\s*(\d{1,2}(?:\.\d+)?)\s*$/.exec(words)
  if (!found) return null
  const [lon, lat] = [Number(found[1]), Number(found[2])]
  return lon >= 73 && lon <= 136 && lat >= 3 && lat <= 54 ? [lon, lat] : null
}
