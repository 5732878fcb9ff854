/** The main map of the page and what others may ask of it. */
import type { Map as MapLibreMap } from 'maplibre-gl'
import { ref, shallowReactive, shallowRef } from 'vue'
import type { Bounds, Config, Position } from '@/api/types'
import { calm } from '@/theme/theme'
import type { Ground } from './ground'
import { type Overlay, type Shapes, noShapes } from './overlays'

export const map = shallowRef<MapLibreMap | null>(null)
export const config = shallowRef<Config | null>(null)
export const cursor = shallowRef<Position | null>(null)
export const groundChoice = ref<Ground>('none')
/** True after Tianditu could not be reached. */
export const groundFailed = ref(false)
export const shapes = shallowReactive<Shapes>(noShapes())

/** How far the panels reach into the map, so that what is zoomed to is not below them. */
export const margins = { top: 24, right: 24, bottom: 24, left: 24 }

export function draw(overlay: Overlay, data: Shapes[Overlay]): void {
  shapes[overlay] = data
}

const padding = (): typeof margins => {
  const box = map.value?.getContainer().getBoundingClientRect()
  const fits = box && box.width > margins.left + margins.right + 80 && box.height > margins.top + margins.bottom + 80
  return fits ? margins : { top: 16, right: 16, bottom: 16, left: 16 }
}

export function zoomToBounds(bounds: Bounds, most = 19): void {
  map.value?.fitBounds(bounds, { padding: padding(), maxZoom: most, duration: calm() ? 0 : 150 })
}

export function zoomToPoint(at: Position, least = 16): void {
  const zoom = Math.max(map.value?.getZoom() ?? 0, least)
  map.value?.easeTo({ center: at, zoom, duration: calm() ? 0 : 150 })
}
