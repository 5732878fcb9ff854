/** The whole map from the state of the page. Pure, so that a change of state is a diff of two styles. */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Imagery, Layer } from '@/api/types'
import type { Theme } from '@/theme/theme'
import { thenAt } from '@/past/at'
import { type Ground, ground } from './ground'
import { hotspotLayers } from './lights'
import { type Shapes, overlayLayers, overlaySources } from './overlays'
import { labels, shapes } from './paint'

export interface Picture {
  theme: Theme
  language: 'zh' | 'en'
  origin: string
  ground: Ground
  tiandituKey: string | null
  credit: string
  imagery: (Imagery & { id: number | string }) | null
  /** Layers to draw, bottom first, with their opacity 0..1. */
  layers: { layer: Layer; opacity: number }[]
  /** `YYYY-MM-DD` of a past state, null for today. */
  asOf: string | null
  overlays: Shapes
}

const absolute = (origin: string, path: string): string => (path.startsWith('/') ? `${origin}${path}` : path)

const vector = (layer: Layer, origin: string, asOf: string | null): SourceSpecification => ({
  type: 'vector', tiles: [absolute(origin, thenAt(layer.tiles, asOf))], minzoom: layer.min_zoom, maxzoom: layer.max_zoom,
})

export const raster = (imagery: Imagery, origin: string): SourceSpecification => ({
  type: 'raster', tiles: [absolute(origin, imagery.tiles)], tileSize: 256, minzoom: imagery.minzoom, maxzoom: imagery.maxzoom,
  bounds: imagery.bounds,
})

/** Draws back to front: ground, imagery, shapes, names, then what the page itself marks. */
export function buildStyle(picture: Picture): StyleSpecification {
  const base = ground(picture.ground, picture.tiandituKey, picture.theme, picture.credit)
  const sources: Record<string, SourceSpecification> = { ...base.sources, ...overlaySources(picture.overlays) }
  const flight: LayerSpecification[] = []
  if (picture.imagery) {
    const id = `flight-${picture.imagery.id}`
    sources[id] = raster(picture.imagery, picture.origin)
    flight.push({ id, type: 'raster', source: id, paint: { 'raster-fade-duration': 0 } })
  }
  for (const { layer } of picture.layers) sources[layer.id] = vector(layer, picture.origin, picture.asOf)
  const drawn = picture.layers.map(({ layer, opacity }) => ({ layer, drawing: { theme: picture.theme, language: picture.language, opacity } }))
  return {
    version: 8,
    sources,
    layers: [
      ...base.below, ...flight, ...base.above, ...hotspotLayers(picture.theme),
      ...drawn.flatMap(({ layer, drawing }) => shapes(layer, drawing)),
      ...drawn.flatMap(({ layer, drawing }) => labels(layer, drawing)),
      ...overlayLayers(picture.theme),
    ],
  }
}
