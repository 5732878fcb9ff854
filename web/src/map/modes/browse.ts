/**
 * Browsing: hover shows what can be clicked, a click selects the topmost thing and remembers the others below;
 * a click on a cluster goes nearer.
 */
import type { Map as MapLibreMap, MapMouseEvent, PointLike } from 'maplibre-gl'
import { type Found, same, select } from '@/features/selection'
import { layerOf, layers } from '@/layers/catalogue'
import { calm } from '@/theme/theme'
import { listen } from './listen'

const REACH = 4
/** What the page draws over a layer is that layer's. */
const OVER: Record<string, string> = { incidentLights: 'incidents' }

const ownerOf = (source: string): string => OVER[source] ?? source

/** Catalogue features around a point of the screen, topmost first, each once. */
export function featuresAt(map: MapLibreMap, point: { x: number; y: number }): Found[] {
  const known = new Set(layers.value.map((layer) => layer.id))
  const ids = map.getStyle().layers.map((layer) => layer.id).filter((id) => known.has(ownerOf(id.split('/')[0]!)))
  const box: [PointLike, PointLike] = [[point.x - REACH, point.y - REACH], [point.x + REACH, point.y + REACH]]
  const found: Found[] = []
  for (const feature of map.queryRenderedFeatures(box, { layers: ids })) {
    const layer = ownerOf(feature.source)
    const label = layerOf(layer)?.label
    const one = { layer, id: Number(feature.id), name: label ? String(feature.properties[label] ?? '') : '' }
    if (Number.isFinite(one.id) && !found.some((each) => same(each, one))) found.push(one)
  }
  return found
}

/** The middle of a cluster at a point of the screen, and from which zoom its layer draws one by one. */
function clusterAt(map: MapLibreMap, point: { x: number; y: number }): { at: [number, number]; apart: number } | null {
  const ids = map.getStyle().layers.map((layer) => layer.id).filter((id) => id.endsWith('/cluster'))
  const [found] = ids.length ? map.queryRenderedFeatures([point.x, point.y], { layers: ids }) : []
  if (found?.geometry.type !== 'Point') return null
  return { at: found.geometry.coordinates as [number, number], apart: layerOf(found.source)?.clustered_below ?? 14 }
}

export function browse(map: MapLibreMap): () => void {
  const canvas = map.getCanvas()
  let due = 0
  const onMove = ({ point }: MapMouseEvent): void => {
    cancelAnimationFrame(due)
    due = requestAnimationFrame(() => {
      if (!map.isMoving()) canvas.style.cursor = clusterAt(map, point) || featuresAt(map, point).length ? 'pointer' : ''
    })
  }
  const onClick = ({ point }: MapMouseEvent): void => {
    const cluster = clusterAt(map, point)
    if (cluster) {
      map.easeTo({ center: cluster.at, zoom: Math.min(Math.floor(map.getZoom()) + 2, Math.max(cluster.apart, map.getZoom())), duration: calm() ? 0 : 250 })
      return
    }
    const found = featuresAt(map, point)
    select(found[0] ?? null, found)
  }
  const deaf = listen(map, { mousemove: onMove, click: onClick })
  return () => {
    deaf()
    cancelAnimationFrame(due)
    canvas.style.cursor = ''
  }
}
