/** Picking the place of something that is being reported. */
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { shallowRef } from 'vue'
import type { Position } from '@/api/types'

/** The place picked last; whoever asks for one watches it. */
export const placed = shallowRef<Position | null>(null)

export function place(map: MapLibreMap): () => void {
  const canvas = map.getCanvas()
  const onClick = ({ lngLat }: MapMouseEvent): void => { placed.value = [lngLat.lng, lngLat.lat] }
  canvas.style.cursor = 'crosshair'
  map.on('click', onClick)
  return () => {
    canvas.style.cursor = ''
    map.off('click', onClick)
  }
}
