/** Makes a MapLibre map the way every page of the product needs it. */
import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as MapLibreMap, type MapOptions, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { calm } from '@/theme/theme'
import { FONTS } from './paint'
import { resolveImage } from './patterns'

// Under a bundler the worker's own URL must be said, or the map never goes idle and says nothing.
setWorkerUrl(workerUrl)

/** Brings the worker's code by way of the page: a worker's own request never meets the page's service worker. */
export async function fetchMapWorker(): Promise<void> {
  setWorkerUrl(URL.createObjectURL(await (await fetch(workerUrl)).blob()))
}

/** `name` is what a screen reader calls the map. */
export function createMap(name: string, options: MapOptions): MapLibreMap {
  const map = new MapLibreMap({
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    minZoom: 6,
    maxZoom: 22,
    fadeDuration: calm() ? 0 : 120,
    localIdeographFontFamily: FONTS.join(','),
    locale: { 'Map.Title': name },
    ...options,
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.setMissingStyleImageResolver((id) => resolveImage(map, id))
  return map
}
