/** Where the inspector stands or points at, and which grid that is. */
import { ref, shallowRef } from 'vue'
import { type Problem, asProblem, get, query } from '@/api/client'
import type { Position, Where } from '@/api/types'

export interface Place {
  at: Position
  /** Metres around `at` in which the device really is; null where a point was picked. */
  accuracy: number | null
}

export type Trouble = 'denied' | 'unavailable' | 'insecure'

export const place = shallowRef<Place | null>(null)
export const where = shallowRef<Where | null>(null)
export const problem = shallowRef<Problem | null>(null)
export const trouble = ref<Trouble | null>(null)
export const locating = ref(false)
export const asking = ref(false)

export async function ask(next: Place): Promise<void> {
  place.value = next
  asking.value = true
  const [lon, lat] = next.at
  try {
    const answer = await get<Where>(`/api/where${query({ lon: lon.toFixed(7), lat: lat.toFixed(7) })}`)
    if (place.value === next) [where.value, problem.value] = [answer, null]
  } catch (reason) {
    if (place.value === next) [where.value, problem.value] = [null, asProblem(reason)]
  } finally {
    if (place.value === next) asking.value = false
  }
}

const position = (): Promise<GeolocationPosition> =>
  new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject, { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 }))

/** One reading of the device's position (WGS 84, as browsers give it), then the question. */
export async function locate(): Promise<boolean> {
  trouble.value = null
  if (!window.isSecureContext || !navigator.geolocation) {
    trouble.value = 'insecure'
    return false
  }
  locating.value = true
  try {
    const { coords } = await position()
    void ask({ at: [coords.longitude, coords.latitude], accuracy: coords.accuracy })
    return true
  } catch (reason) {
    trouble.value = (reason as GeolocationPositionError).code === 1 ? 'denied' : 'unavailable'
    return false
  } finally {
    locating.value = false
  }
}

/** The same without asking: only where the person has allowed it before. */
export async function locateIfAllowed(): Promise<void> {
  const permission = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null)
  if (permission?.state === 'granted' && window.isSecureContext) await locate()
}
