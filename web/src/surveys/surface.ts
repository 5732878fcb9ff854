/** Surface models: which flight's relief is on the map, the height at a picked place, profiles of two dates. */
import { computed, ref, shallowRef, watch } from 'vue'
import { asProblem, get, query } from '@/api/client'
import type { Problem } from '@/api/client'
import { loading } from '@/api/loading'
import type { Height, Imagery, Position, Profile, Surface } from '@/api/types'
import { mode } from '@/map/modes/mode'
import { draw } from '@/map/stage'
import { NOTHING, collection } from '@/map/overlays'
import { mosaicOn } from './mosaic'
import { type Flight, flight, flights, shownFlight } from './store'

export const hasSurface = (each: Flight): boolean => each.files.some((file) => file.kind === 'dsm')

/** The flight whose relief is shown instead of its photograph. */
export const relief = ref<number | null>(null)
export const surface = loading<Surface>(() => get<Surface>(`/api/surveys/${relief.value}/surface`))
export const height = shallowRef<Height | null>(null)
export const heightProblem = shallowRef<Problem | null>(null)

export function showRelief(id: number | null): void {
  relief.value = id
  if (id === null) return
  flight.value = id
  mosaicOn.value = false
}

/** Shows the photograph of one flight, or none. */
export function showFlight(id: number | 'none'): void {
  mosaicOn.value = false
  relief.value = null
  flight.value = id
}

watch(relief, (id) => {
  surface.value.value = null
  height.value = null
  if (id !== null) void surface.load()
  else if (mode.value === 'height') mode.value = 'browse'
})
watch([flight, mosaicOn], () => { if (flight.value !== relief.value || mosaicOn.value) relief.value = null })

export const reliefImagery = computed<(Imagery & { id: string }) | null>(() => {
  const told = surface.value.value
  if (relief.value === null || !told) return null
  return { id: `surface-${relief.value}`, tiles: told.tiles, minzoom: told.minzoom, maxzoom: told.maxzoom, bounds: told.bounds as Imagery['bounds'] }
})

export async function askHeight([lon, lat]: Position): Promise<void> {
  draw('place', collection({ type: 'Point', coordinates: [lon, lat] }))
  try {
    height.value = await get<Height>(`/api/surveys/${relief.value}/height${query({ lon, lat })}`)
    heightProblem.value = null
  } catch (reason) {
    heightProblem.value = asProblem(reason)
  }
}

watch(mode, (_now, before) => {
  if (before !== 'height') return
  height.value = null
  draw('place', NOTHING)
})

/** The flight on the map (or the latest) that has a surface model, and the one before it: later first. */
export const profiled = computed<Flight[]>(() => {
  const able = flights.value.filter(hasSurface)
  const place = able.findIndex((each) => each.id === shownFlight.value?.id)
  const last = place < 0 ? able.length - 1 : Math.max(place, Math.min(1, able.length - 1))
  return [able[last], able[last - 1]].filter((each): each is Flight => !!each)
})

/** The line that is asked about; null: no profile is shown. */
export const profileLine = shallowRef<Position[] | null>(null)
export const profiles = loading<Profile[]>(() => {
  const line = (profileLine.value ?? []).map(([lon, lat]) => `${lon.toFixed(8)},${lat.toFixed(8)}`).join(';')
  const [, earlier] = profiled.value
  return Promise.all(profiled.value.map((each) => {
    const frame = earlier && each.baseline?.id === earlier.id ? earlier.id : null
    return get<Profile>(`/api/surveys/${each.id}/profile${query({ line, frame })}`)
  }))
})
watch(profileLine, (line) => {
  profiles.value.value = null
  if (line) void profiles.load()
})
