/**
 * `window.__chengtu.map`: what a browser test may ask of the map, and nothing else.
 *
 *     idle        true while nothing is moving, loading or waiting to be drawn
 *     whenIdle()  resolves at the next moment that is idle
 *     view()      { lon, lat, zoom } of the centre
 *     at(lon,lat) the place in CSS pixels of the page
 *     drawn(id)   how many features of a catalogue layer are on the screen, those of clusters with them
 */
import type { MapGeoJSONFeature, Map as MapLibreMap } from 'maplibre-gl'

export interface MapProbe {
  readonly idle: boolean
  whenIdle(): Promise<void>
  view(): { lon: number; lat: number; zoom: number }
  at(lon: number, lat: number): { x: number; y: number }
  drawn(layer: string): number
}

declare global {
  interface Window {
    __chengtu?: { map: MapProbe }
  }
}

function drawnOf(features: MapGeoJSONFeature[]): number {
  const clusters = new Map<string, number>()
  for (const { geometry, properties } of features) {
    if (properties['point_count']) clusters.set(JSON.stringify(geometry), Number(properties['point_count']))
  }
  const single = new Set(features.filter(({ id }) => id !== undefined).map(({ id }) => id)).size
  return [...clusters.values()].reduce((sum, each) => sum + each, single)
}

export function exposeIdle(map: MapLibreMap): void {
  let idle = false
  map.on('render', () => { idle = false })
  map.on('idle', () => { idle = true })
  const probe: MapProbe = {
    get idle() { return idle },
    whenIdle: () => new Promise((resolve) => {
      if (idle) resolve()
      else void map.once('idle').then(() => resolve())
    }),
    view: () => ({ lon: map.getCenter().lng, lat: map.getCenter().lat, zoom: map.getZoom() }),
    at: (lon, lat) => {
      const point = map.project([lon, lat])
      const box = map.getContainer().getBoundingClientRect()
      return { x: box.left + point.x, y: box.top + point.y }
    },
    drawn: (layer) => {
      const ids = map.getStyle().layers.map((each) => each.id).filter((id) => id.startsWith(`${layer}/`))
      return drawnOf(map.queryRenderedFeatures({ layers: ids }))
    },
  }
  window.__chengtu = { map: probe }
}
