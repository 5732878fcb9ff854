/** A structure through the flights, short enough to be read at a glance. Pure. */
import type { Sighting } from '@/api/types'

/** One thing that happened, and for how long nothing else did. */
export interface Chapter {
  state: Sighting['state']
  from: string
  /** The last flight that said the same. */
  to: string
  flights: number
  area_m2: number
  /** Square metres more than before; only where it grew. */
  gained_m2: number
  confidence: number | null
  model: string | null
}

/** Flight after flight; those that only repeat what the one before said are drawn together. */
export function storyOf(sightings: readonly Sighting[]): Chapter[] {
  const chapters: Chapter[] = []
  for (const each of sightings) {
    const last = chapters.at(-1)
    if (last && each.state === last.state && (each.state === 'unchanged' || each.state === 'gone')) {
      last.to = each.flown_on
      last.flights += 1
      continue
    }
    chapters.push({
      state: each.state, from: each.flown_on, to: each.flown_on, flights: 1, area_m2: each.area_m2,
      gained_m2: each.state === 'grew' && last ? each.area_m2 - last.area_m2 : 0,
      confidence: each.detected ? each.confidence : null, model: each.detected ? each.model : null,
    })
  }
  return chapters
}

/** What the last flight says. */
export const stateOf = (sightings: readonly Sighting[]): Sighting['state'] | null => sightings.at(-1)?.state ?? null
