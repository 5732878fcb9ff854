/** The map of one date in review: that flight's imagery and the outline of the suspicion, nothing else. */
import type { LayerSpecification, Map as MapLibreMap, StyleSpecification } from 'maplibre-gl'
import type { Candidate, Survey } from '@/api/types'
import { createMap } from '@/map/create'
import { NOTHING, collection } from '@/map/overlays'
import { raster } from '@/map/style'
import { type Placement, back, moved, there } from './registration'
import type { Theme } from '@/theme/theme'

/** What is drawn besides the suspicion: the ground around it, what it may be merged with, and what is being drawn. */
export interface Besides {
  context: { id: string; colour: string; shapes: GeoJSON.Geometry[] }[]
  neighbours: GeoJSON.Geometry[]
  sketch: GeoJSON.FeatureCollection
}
export const NOTHING_BESIDES: Besides = { context: [], neighbours: [], sketch: NOTHING }

/** What is looked at on both dates: a suspicion, or a place drawn at random. */
export type Sight = Pick<Candidate, 'id' | 'geometry' | 'bbox' | 'alignment' | 'before' | 'after'>
/** A suspicion is dashed and magenta; a place of which nothing is suspected is a plain frame. */
export type Look = 'suspicion' | 'place'

const EDGE: Record<Look, Record<Theme, string>> = {
  suspicion: { light: '#d4149c', dark: '#ff5fd0' },
  place: { light: '#1d5bb8', dark: '#86b5ff' },
}
const GROUND: Record<Theme, string> = { light: '#dfe3e7', dark: '#12161b' }

export function sightStyle(survey: Survey | null, sight: Sight | null, theme: Theme, outlined: boolean, placement: Placement, look: Look = 'suspicion', besides: Besides = NOTHING_BESIDES): StyleSpecification {
  const imagery = survey?.imagery ?? null
  const laid = (shape: GeoJSON.Geometry): GeoJSON.Geometry => moved(shape, placement)
  const data = sight ? collection(moved(sight.geometry as unknown as GeoJSON.MultiPolygon, placement)) : NOTHING
  return {
    version: 8,
    sources: {
      outline: { type: 'geojson', data }, sketch: { type: 'geojson', data: besides.sketch },
      neighbours: { type: 'geojson', data: collection(...besides.neighbours.map(laid)) },
      ...Object.fromEntries(besides.context.map(({ id, shapes }) => [id, { type: 'geojson' as const, data: collection(...shapes.map(laid)) }])),
      ...(imagery ? { [`flight-${survey!.id}`]: raster(imagery, location.origin) } : {}),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': GROUND[theme] } },
      ...(imagery ? [{ id: 'flight', type: 'raster' as const, source: `flight-${survey!.id}`, paint: { 'raster-fade-duration': 0 } }] : []),
      ...besides.context.flatMap(({ id, colour }): LayerSpecification[] => [
        { id: `${id}/fill`, type: 'fill', source: id, paint: { 'fill-color': colour, 'fill-opacity': 0.12 } },
        { id: `${id}/case`, type: 'line', source: id, paint: { 'line-color': '#ffffff', 'line-width': 3.5, 'line-opacity': 0.7 } },
        { id: `${id}/line`, type: 'line', source: id, paint: { 'line-color': colour, 'line-width': 1.8 } },
      ]),
      { id: 'neighbours/case', type: 'line', source: 'neighbours', paint: { 'line-color': '#ffffff', 'line-width': 4, 'line-opacity': 0.75 } },
      { id: 'neighbours/line', type: 'line', source: 'neighbours', paint: { 'line-color': EDGE.suspicion[theme], 'line-width': 2, 'line-dasharray': [1, 1.6] } },
      { id: 'outline/case', type: 'line', source: 'outline', layout: { visibility: outlined ? 'visible' : 'none' }, paint: { 'line-color': '#ffffff', 'line-width': 5, 'line-opacity': 0.75 } },
      { id: 'outline/edge', type: 'line', source: 'outline', layout: { visibility: outlined ? 'visible' : 'none' }, paint: { 'line-color': EDGE[look][theme], 'line-width': 2.5, ...(look === 'suspicion' ? { 'line-dasharray': [3, 1.6] } : {}) } },
      { id: 'sketch/fill', type: 'fill', source: 'sketch', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': EDGE.place[theme], 'fill-opacity': 0.16 } },
      { id: 'sketch/case', type: 'line', source: 'sketch', paint: { 'line-color': '#ffffff', 'line-width': 5, 'line-opacity': 0.85 } },
      { id: 'sketch/line', type: 'line', source: 'sketch', paint: { 'line-color': EDGE.place[theme], 'line-width': 2.5 } },
      { id: 'sketch/point', type: 'circle', source: 'sketch', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5, 'circle-color': EDGE.place[theme], 'circle-stroke-width': 2, 'circle-stroke-color': '#ffffff' } },
    ],
  }
}

/** Without snapping to north, which would undo the turn whenever the later map is dragged. */
export const createSight = (name: string, container: HTMLElement, style: StyleSpecification): MapLibreMap =>
  createMap(name, { container, style, center: [116.5, 31.7], zoom: 12, fadeDuration: 0, keyboard: false, bearingSnap: 0 })

/**
 * Moves each map when the other moves, the second so that it shows the same ground the same way: it is looked at
 * turned and zoomed as its picture is. Returns what ends it.
 */
export function tie(a: MapLibreMap, b: MapLibreMap, placement: () => Placement): () => void {
  let following = false
  const follow = (from: MapLibreMap, to: MapLibreMap, sign: 1 | -1) => (): void => {
    if (following) return
    following = true
    const { lng, lat } = from.getCenter()
    const by = placement()
    to.jumpTo({
      center: (sign > 0 ? there : back)(by, [lng, lat]),
      zoom: from.getZoom() - sign * Math.log2(by.scale),
      bearing: from.getBearing() - sign * by.turn,
    })
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
