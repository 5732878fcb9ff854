/** Measuring a distance or an area, point by point; computed in the plane of EPSG:4548. */
import type { Feature } from 'geojson'
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Position } from '@/api/types'
import { crossesItself, pathLength, ringArea } from '../coordinates'
import { NOTHING } from '../overlays'
import { draw } from '../stage'
import { listen } from './listen'

export const points = shallowRef<Position[]>([])
/** Where the pointer is while the shape is still open. */
const loose = shallowRef<Position | null>(null)
export const finished = ref(false)
const closed = ref(false)

const path = computed<Position[]>(() => (loose.value && !finished.value && points.value.length ? [...points.value, loose.value] : points.value))
const ring = computed<Position[]>(() => (path.value.length > 2 ? [...path.value, path.value[0]!] : path.value))

export const length = computed(() => pathLength(closed.value ? ring.value : path.value))
export const surface = computed(() => (closed.value && path.value.length > 2 ? ringArea(path.value) : 0))
export const crossing = computed(() => closed.value && path.value.length > 3 && crossesItself(path.value))

export function clearMeasure(): void {
  points.value = []
  loose.value = null
  finished.value = false
}

export function dropLast(): void {
  points.value = points.value.slice(0, -1)
  finished.value = false
}

function features(): Feature[] {
  const made: Feature[] = points.value.map((at) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: at } }))
  if (closed.value && ring.value.length > 3) {
    made.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring.value] } })
  } else if (path.value.length > 1) {
    made.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: path.value } })
  }
  return made
}

watch([points, path, closed], () => draw('measure', points.value.length ? { type: 'FeatureCollection', features: features() } : NOTHING))

function measure(map: MapLibreMap, area: boolean): () => void {
  closed.value = area
  clearMeasure()
  const canvas = map.getCanvas()
  const at = (event: MapMouseEvent): Position => [event.lngLat.lng, event.lngLat.lat]
  const onClick = (event: MapMouseEvent): void => {
    if (finished.value) clearMeasure()
    points.value = [...points.value, at(event)]
  }
  const onMove = (event: MapMouseEvent): void => { loose.value = at(event) }
  const onDouble = (event: MapMouseEvent): void => {
    event.preventDefault()
    points.value = points.value.slice(0, -1)
    finished.value = true
  }
  canvas.style.cursor = 'crosshair'
  const deaf = listen(map, { click: onClick, mousemove: onMove, dblclick: onDouble })
  return () => {
    deaf()
    canvas.style.cursor = ''
    clearMeasure()
  }
}

export const measureLine = (map: MapLibreMap): (() => void) => measure(map, false)
export const measureArea = (map: MapLibreMap): (() => void) => measure(map, true)
