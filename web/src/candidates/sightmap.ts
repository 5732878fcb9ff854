/** The map of one date in review: that flight's imagery and the outline of the suspicion, nothing else. */
import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl'
import type { Candidate, Survey } from '@/api/types'
import { createMap } from '@/map/create'
import { NOTHING, collection } from '@/map/overlays'
import { raster } from '@/map/style'
import { type Offset, moved } from './registration'
import type { Theme } from '@/theme/theme'

const EDGE: Record<Theme, string> = { light: '#d4149c', dark: '#ff5fd0' }
const GROUND: Record<Theme, string> = { light: '#dfe3e7', dark: '#12161b' }

export function sightStyle(survey: Survey | null, candidate: Candidate | null, theme: Theme, outlined: boolean, offset: Offset): StyleSpecification {
  const imagery = survey?.imagery ?? null
  const data = candidate ? collection(moved(candidate.geometry as unknown as GeoJSON.MultiPolygon, offset)) : NOTHING
  return {
    version: 8,
    sources: { outline: { type: 'geojson', data }, ...(imagery ? { [`flight-${survey!.id}`]: raster(imagery, location.origin) } : {}) },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': GROUND[theme] } },
      ...(imagery ? [{ id: 'flight', type: 'raster' as const, source: `flight-${survey!.id}`, paint: { 'raster-fade-duration': 0 } }] : []),
      { id: 'outline/case', type: 'line', source: 'outline', layout: { visibility: outlined ? 'visible' : 'none' }, paint: { 'line-color': '#ffffff', 'line-width': 5, 'line-opacity': 0.75 } },
      { id: 'outline/edge', type: 'line', source: 'outline', layout: { visibility: outlined ? 'visible' : 'none' }, paint: { 'line-color': EDGE[theme], 'line-width': 2.5, 'line-dasharray': [3, 1.6] } },
    ],
  }
}

export const createSight = (name: string, container: HTMLElement, style: StyleSpecification): MapLibreMap =>
  createMap(name, { container, style, center: [116.5, 31.7], zoom: 12, fadeDuration: 0, keyboard: false })

/** Moves each map when the other moves, the second by an offset further; returns what ends it. */
export function tie(a: MapLibreMap, b: MapLibreMap, offset: () => Offset): () => void {
  let following = false
  const follow = (from: MapLibreMap, to: MapLibreMap, sign: 1 | -1) => (): void => {
    if (following) return
    following = true
    const { lng, lat } = from.getCenter()
    to.jumpTo({ center: [lng + sign * offset().lon, lat + sign * offset().lat], zoom: from.getZoom() })
    following = false
  }
  const [ab, ba] = [follow(a, b, 1), follow(b, a, -1)]
  a.on('move', ab)
  b.on('move', ba)
  return () => {
    a.off('move', ab)
    b.off('move', ba)
  }
}
