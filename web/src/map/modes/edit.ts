/**
 * Drawing and changing a shape: a click adds a corner, corners are dragged, the middle of a side becomes a corner,
 * a right click takes one away. Corners stick to those of neighbours; with Shift they do not.
 */
import type { Feature } from 'geojson'
import type { Map as MapLibreMap, MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import { ref, shallowRef, watch } from 'vue'
import type { Position } from '@/api/types'
import { draft, drawing, geometry, redraw, remember, shape } from '@/editing/draft'
import { neighbours } from '@/editing/neighbours'
import { type Handle, appended, begun, handlesOf, inserted, moved, removed, snapped } from '@/editing/shape'
import { NOTHING } from '../overlays'
import { draw } from '../stage'
import { listen } from './listen'

/** The corner that was touched last; Delete takes it away. */
export const active = shallowRef<Handle | null>(null)
/** The next click begins a further part. */
export const beginning = ref(false)
const loose = shallowRef<Position | null>(null)
const stuck = shallowRef<Position | null>(null)

const REACH = matchMedia('(pointer: coarse)').matches ? 20 : 9

export function dropActive(): void {
  if (active.value && !active.value.between) redraw(removed(shape.value, active.value))
  active.value = null
}

export function finishDrawing(): void {
  drawing.value = false
  beginning.value = false
  loose.value = null
}

function features(): Feature[] {
  const made: Feature[] = []
  const add = (role: string, geometry: Feature['geometry']): number => made.push({ type: 'Feature', properties: { role }, geometry })
  if (geometry.value) add('shape', geometry.value)
  else for (const { corners } of shape.value.paths) if (corners.length > 1) add('shape', { type: 'LineString', coordinates: corners })
  const last = shape.value.paths.at(-1)?.corners.at(-1)
  if (drawing.value && loose.value && last && !beginning.value && shape.value.kind !== 'Point') add('loose', { type: 'LineString', coordinates: [last, loose.value] })
  for (const { handle, at } of handlesOf(shape.value)) {
    const chosen = active.value?.path === handle.path && active.value.corner === handle.corner
    if (!handle.between || !drawing.value) add(handle.between ? 'middle' : chosen ? 'active' : 'corner', { type: 'Point', coordinates: at })
  }
  if (stuck.value) add('snap', { type: 'Point', coordinates: stuck.value })
  return made
}

watch([shape, drawing, loose, active, stuck, draft], () => draw('edit', draft.value ? { type: 'FeatureCollection', features: features() } : NOTHING))

export function edit(map: MapLibreMap): () => void {
  const canvas = map.getCanvas()
  const stop = neighbours.follow(map)
  let held: Handle | null = null
  let touched = false
  let dragged = false
  const handleAt = (point: { x: number; y: number }): Handle | null => {
    let best: { handle: Handle; far: number } | null = null
    for (const { handle, at } of handlesOf(shape.value)) {
      if (handle.between && drawing.value) continue
      const there = map.project(at)
      const far = Math.hypot(there.x - point.x, there.y - point.y) + (handle.between ? 2 : 0)
      if (far <= REACH && far < (best?.far ?? Infinity)) best = { handle, far }
    }
    return best?.handle ?? null
  }
  const place = (event: MapMouseEvent | MapTouchEvent): Position => {
    const free = 'shiftKey' in event.originalEvent && event.originalEvent.shiftKey
    stuck.value = free ? null : snapped(event.point, neighbours.sides, (at) => map.project(at), REACH + 1)
    return stuck.value ?? [event.lngLat.lng, event.lngLat.lat]
  }
  const onDown = (event: MapMouseEvent | MapTouchEvent): void => {
    touched = dragged = false
    if ('button' in event.originalEvent && event.originalEvent.button !== 0) return
    held = handleAt(event.point)
    if (!held) return
    touched = true
    event.preventDefault() // or the map would move along
    if (!held.between) active.value = held
  }
  const onMove = (event: MapMouseEvent | MapTouchEvent): void => {
    if (!held) {
      canvas.style.cursor = handleAt(event.point) ? 'grab' : drawing.value ? 'crosshair' : ''
      if (drawing.value) loose.value = place(event)
      else stuck.value = null
      return
    }
    const to = place(event)
    if (!dragged) {
      dragged = true
      canvas.style.cursor = 'grabbing'
      remember()
      if (held.between) {
        const made = inserted(shape.value, held, to)
        shape.value = made.shape
        held = made.handle
        active.value = held
        return
      }
    }
    shape.value = moved(shape.value, held, to)
  }
  const onUp = (): void => {
    held = null
    stuck.value = null
    canvas.style.cursor = ''
  }
  const onClick = (event: MapMouseEvent): void => {
    const on = handleAt(event.point)
    if (touched && dragged) return
    if (drawing.value && on && !beginning.value) {
      const path = shape.value.paths.at(-1)
      if (on.path === shape.value.paths.length - 1 && on.corner === 0 && (path?.corners.length ?? 0) > 2) finishDrawing()
      return
    }
    if (on?.between) {
      const made = inserted(shape.value, on, handlesOf(shape.value).find((each) => each.handle.between && each.handle.path === on.path && each.handle.corner === on.corner)!.at)
      redraw(made.shape)
      active.value = made.handle
      return
    }
    if (on) return
    active.value = null
    if (!drawing.value) return
    redraw(beginning.value ? begun(shape.value, place(event)) : appended(shape.value, place(event)))
    beginning.value = false
    if (shape.value.kind === 'Point') finishDrawing()
  }
  const onDouble = (event: MapMouseEvent): void => {
    event.preventDefault()
    if (drawing.value) finishDrawing()
  }
  const onMenu = (event: MapMouseEvent): void => {
    const on = handleAt(event.point)
    if (!on || on.between) return
    event.preventDefault()
    active.value = on
    dropActive()
  }
  const deaf = listen(map, {
    mousedown: onDown, touchstart: onDown, mousemove: onMove, touchmove: onMove, mouseup: onUp, touchend: onUp, click: onClick, dblclick: onDouble, contextmenu: onMenu,
  })
  return () => {
    deaf()
    stop()
    canvas.style.cursor = ''
    active.value = loose.value = stuck.value = null
    beginning.value = false
  }
}
