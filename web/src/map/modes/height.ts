/** Picking a place on the relief to be told its height. */
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { shallowRef } from 'vue'
import type { Position } from '@/api/types'
import { listen } from './listen'

/** The place picked last; who knows surfaces watches it. */
export const picked = shallowRef<Position | null>(null)

export function height(map: MapLibreMap): () => void {
  const canvas = map.getCanvas()
  const onClick = ({ lngLat }: MapMouseEvent): void => { picked.value = [lngLat.lng, lngLat.lat] }
  canvas.style.cursor = 'crosshair'
  const deaf = listen(map, { click: onClick })
  return () => {
    deaf()
    canvas.style.cursor = ''
    picked.value = null
  }
}
