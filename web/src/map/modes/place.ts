/** Picking one place for a form: the next click is it. */
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { shallowRef } from 'vue'
import type { Position } from '@/api/types'
import { listen } from './listen'

/** The place picked last; the form that asked watches it. */
export const placed = shallowRef<Position | null>(null)

export function place(map: MapLibreMap): () => void {
  const canvas = map.getCanvas()
  const onClick = ({ lngLat }: MapMouseEvent): void => { placed.value = [lngLat.lng, lngLat.lat] }
  canvas.style.cursor = 'crosshair'
  const deaf = listen(map, { click: onClick })
  return () => {
    deaf()
    canvas.style.cursor = ''
  }
}
