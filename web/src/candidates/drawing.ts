/** Drawing on the two dates in review: a new outline, or a line that cuts; places are those of the earlier flight. */
import type { Geometry } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Position } from '@/api/types'
import { crossesItself, ringArea } from '@/map/coordinates'
import { listen } from '@/map/modes/listen'
import { collection } from '@/map/overlays'
import { type Placement, back, moved } from './registration'

export type Tool = 'redraw' | 'split' | 'merge'

export const tool = ref<Tool | null>(null)
export const points = shallowRef<Position[]>([])
const loose = shallowRef<Position | null>(null)

export const drawing = computed(() => tool.value === 'redraw' || tool.value === 'split')
export const crossing = computed(() => tool.value === 'redraw' && points.value.length > 3 && crossesItself(points.value))
export const drawnArea = computed(() => (tool.value === 'redraw' && points.value.length > 2 ? ringArea(points.value) : 0))
export const complete = computed(() => (tool.value === 'redraw' ? points.value.length > 2 && !crossing.value : points.value.length > 1))

function geometryOf(places: Position[]): Geometry | null {
  const [first] = places
  if (!first || places.length < 2) return first ? { type: 'Point', coordinates: first } : null
  if (tool.value === 'redraw' && places.length > 2) return { type: 'Polygon', coordinates: [[...places, first]] }
  return { type: 'LineString', coordinates: places }
}
/** What is drawn so far, with the place of the pointer. */
export const sketch = computed<Geometry | null>(() => (drawing.value ? geometryOf(loose.value && points.value.length ? [...points.value, loose.value] : points.value) : null))
/** What is drawn, to be sent. */
export const drawn = computed<Geometry | null>(() => (complete.value ? geometryOf(points.value) : null))

export function begin(wanted: Tool): void {
  clear()
  tool.value = wanted
}
export function clear(): void {
  tool.value = null
  points.value = []
  loose.value = null
}
export const dropLast = (): void => { points.value = points.value.slice(0, -1) }

/** Lets one of the two maps draw; the later flight's places are brought back to the earlier one's. Returns what ends it. */
export function drawOn(map: MapLibreMap, placement: () => Placement, finish: () => void): () => void {
  const at = ({ lngLat }: MapMouseEvent): Position => back(placement(), [lngLat.lng, lngLat.lat])
  const onClick = (event: MapMouseEvent): void => {
    if (drawing.value) points.value = [...points.value, at(event)]
  }
  const onMove = (event: MapMouseEvent): void => { if (drawing.value) loose.value = at(event) }
  const onDouble = (event: MapMouseEvent): void => {
    if (!drawing.value) return
    event.preventDefault()
    dropLast() // the second click of the two
    if (complete.value) finish()
  }
  const stop = watch([sketch, drawing], () => {
    map.getCanvas().style.cursor = drawing.value ? 'crosshair' : ''
    void map.getSource<GeoJSONSource>('sketch')?.setData(sketchOf(placement()))
  })
  const deaf = listen(map, { click: onClick, mousemove: onMove, dblclick: onDouble })
  return () => {
    deaf()
    stop()
  }
}

export const sketchOf = (placement: Placement): GeoJSON.FeatureCollection =>
  collection(sketch.value ? moved(sketch.value as GeoJSON.Polygon, placement) : null)
