/** What the page itself draws over the data: selection, footprint preview, measuring. */
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl'
import type { Theme } from '@/theme/theme'
import { lightLayers } from './lights'
import { FONTS } from './paint'

export type Overlay = 'selected' | 'building' | 'before' | 'after' | 'footprint' | 'measure' | 'place' | 'import' | 'edit' | 'incidentLights' | 'hotspots' | 'chosen'
export type Shapes = Record<Overlay, FeatureCollection>

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }
export const noShapes = (): Shapes => ({ selected: NOTHING, building: NOTHING, before: NOTHING, after: NOTHING, footprint: NOTHING, measure: NOTHING, place: NOTHING, import: NOTHING, edit: NOTHING, incidentLights: NOTHING, hotspots: NOTHING, chosen: NOTHING })

export const collection = (...geometries: (Geometry | null | undefined)[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features: geometries
    .filter((each): each is Geometry => !!each)
    .map((geometry): Feature => ({ type: 'Feature', properties: {}, geometry })),
})

/** Rows of a file that is to be imported: what is wrong is dashed as well as red. */
const FILE: Record<Theme, Record<'wrong' | 'repaired' | 'sound', string>> = {
  light: { wrong: '#b0261e', repaired: '#825000', sound: '#1d5bb8' },
  dark: { wrong: '#ff8f85', repaired: '#f2b65a', sound: '#86b5ff' },
}
const ACCENT: Record<Theme, string> = { light: '#1d5bb8', dark: '#86b5ff' }
/** The former version's outline is warm and dashed, the later one's cool and filled: two shapes as well as two colours. */
const BEFORE: Record<Theme, string> = { light: '#b35900', dark: '#ffb35c' }
/** What a chart's choice leaves: the red of illegal structures. */
const CHOSEN: Record<Theme, string> = { light: '#c62828', dark: '#ff6b60' }
const CASE: Record<Theme, string> = { light: '#ffffff', dark: '#0a1a33' }

export const overlaySources = (shapes: Shapes): Record<string, GeoJSONSourceSpecification> =>
  Object.fromEntries(Object.entries(shapes).map(([id, data]) => [id, { type: 'geojson', data }]))

/** What is being drawn or changed; one shade, so that the layer's own colour stays that of what is stored. */
const PEN: Record<Theme, string> = { light: '#c2185b', dark: '#ff7eb0' }

const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point']
const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
const isLine: ExpressionSpecification = ['!=', ['geometry-type'], 'Point']

export function overlayLayers(theme: Theme): LayerSpecification[] {
  const accent = ACCENT[theme]
  const casing = CASE[theme]
  const ring = { 'circle-radius': 11, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 3, 'circle-stroke-color': accent }
  const dot = { 'circle-radius': 4.5, 'circle-color': casing, 'circle-stroke-width': 2, 'circle-stroke-color': accent }
  const file: ExpressionSpecification = ['match', ['get', 'state'], 'wrong', FILE[theme].wrong, 'repaired', FILE[theme].repaired, FILE[theme].sound]
  const pen = PEN[theme]
  const role = (...names: string[]): ExpressionSpecification => ['in', ['get', 'role'], ['literal', names]]
  const isWrong: ExpressionSpecification = ['==', ['get', 'state'], 'wrong']
  return [
    { id: 'import/area', type: 'fill', source: 'import', filter: isArea, paint: { 'fill-color': file, 'fill-opacity': 0.22 } },
    { id: 'import/case', type: 'line', source: 'import', filter: isLine, paint: { 'line-color': casing, 'line-width': 4, 'line-opacity': 0.8 } },
    { id: 'import/line', type: 'line', source: 'import', filter: ['all', isLine, ['!', isWrong]], paint: { 'line-color': file, 'line-width': 1.8 } },
    { id: 'import/wrong', type: 'line', source: 'import', filter: ['all', isLine, isWrong], paint: { 'line-color': file, 'line-width': 2.4, 'line-dasharray': [2, 1.4] } },
    { id: 'import/point', type: 'circle', source: 'import', filter: isPoint, paint: { ...dot, 'circle-stroke-color': file, 'circle-radius': ['case', isWrong, 7, 4.5] } },
    { id: 'chosen/case', type: 'line', source: 'chosen', filter: isLine, paint: { 'line-color': casing, 'line-width': 9, 'line-opacity': 0.9 } },
    { id: 'chosen/line', type: 'line', source: 'chosen', filter: isLine, paint: { 'line-color': CHOSEN[theme], 'line-width': 5 } },
    { id: 'chosen/halo', type: 'circle', source: 'chosen', filter: isPoint, maxzoom: 16, paint: { 'circle-radius': 8, 'circle-color': casing, 'circle-opacity': 0.85, 'circle-stroke-width': 6, 'circle-stroke-color': casing } },
    { id: 'chosen/ring', type: 'circle', source: 'chosen', filter: isPoint, maxzoom: 16, paint: { 'circle-radius': 8, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 3, 'circle-stroke-color': CHOSEN[theme] } },
    { id: 'footprint/case', type: 'line', source: 'footprint', paint: { 'line-color': '#10151c', 'line-width': 3, 'line-opacity': 0.55 } },
    { id: 'footprint/line', type: 'line', source: 'footprint', paint: { 'line-color': '#ffffff', 'line-width': 1.4 } },
    { id: 'building/area', type: 'fill', source: 'building', filter: isArea, paint: { 'fill-color': FILE[theme].wrong, 'fill-opacity': 0.28 } },
    { id: 'building/line', type: 'line', source: 'building', filter: isLine, paint: { 'line-color': FILE[theme].wrong, 'line-width': 2.4 } },
    { id: 'building/point', type: 'circle', source: 'building', filter: isPoint, paint: { ...dot, 'circle-radius': 7, 'circle-color': FILE[theme].wrong, 'circle-stroke-color': casing } },
    ...lightLayers(theme),
    { id: 'selected/case', type: 'line', source: 'selected', filter: isLine, paint: { 'line-color': casing, 'line-width': 7 } },
    { id: 'selected/line', type: 'line', source: 'selected', filter: isLine, paint: { 'line-color': accent, 'line-width': 3 } },
    { id: 'selected/point', type: 'circle', source: 'selected', filter: isPoint, paint: ring },
    { id: 'after/area', type: 'fill', source: 'after', filter: isArea, paint: { 'fill-color': accent, 'fill-opacity': 0.2 } },
    { id: 'after/case', type: 'line', source: 'after', filter: isLine, paint: { 'line-color': casing, 'line-width': 6 } },
    { id: 'after/line', type: 'line', source: 'after', filter: isLine, paint: { 'line-color': accent, 'line-width': 3 } },
    { id: 'after/point', type: 'circle', source: 'after', filter: isPoint, paint: { ...dot, 'circle-radius': 7, 'circle-color': accent, 'circle-stroke-color': casing } },
    { id: 'before/case', type: 'line', source: 'before', filter: isLine, paint: { 'line-color': casing, 'line-width': 5, 'line-opacity': 0.8 } },
    { id: 'before/line', type: 'line', source: 'before', filter: isLine, paint: { 'line-color': BEFORE[theme], 'line-width': 3, 'line-dasharray': [2, 1.4] } },
    { id: 'before/point', type: 'circle', source: 'before', filter: isPoint, paint: { ...ring, 'circle-stroke-color': BEFORE[theme] } },
    { id: 'place/point', type: 'circle', source: 'place', paint: { ...dot, 'circle-radius': 7 } },
    { id: 'measure/area', type: 'fill', source: 'measure', filter: isArea, paint: { 'fill-color': accent, 'fill-opacity': 0.16 } },
    { id: 'measure/case', type: 'line', source: 'measure', filter: isLine, paint: { 'line-color': casing, 'line-width': 5 } },
    { id: 'measure/line', type: 'line', source: 'measure', filter: isLine, paint: { 'line-color': accent, 'line-width': 2.2 } },
    { id: 'measure/point', type: 'circle', source: 'measure', filter: isPoint, paint: dot },
    { id: 'edit/area', type: 'fill', source: 'edit', filter: isArea, paint: { 'fill-color': pen, 'fill-opacity': 0.14 } },
    { id: 'edit/case', type: 'line', source: 'edit', filter: isLine, paint: { 'line-color': casing, 'line-width': 5, 'line-opacity': 0.85 } },
    { id: 'edit/line', type: 'line', source: 'edit', filter: ['all', isLine, role('shape')], paint: { 'line-color': pen, 'line-width': 2.2 } },
    { id: 'edit/loose', type: 'line', source: 'edit', filter: role('loose'), paint: { 'line-color': pen, 'line-width': 1.6, 'line-dasharray': [2, 2] } },
    { id: 'edit/middle', type: 'circle', source: 'edit', filter: role('middle'), paint: { 'circle-radius': 3.5, 'circle-color': casing, 'circle-stroke-width': 1.5, 'circle-stroke-color': pen, 'circle-opacity': 0.8 } },
    { id: 'edit/corner', type: 'circle', source: 'edit', filter: role('corner', 'active'), paint: { 'circle-radius': ['case', role('active'), 7, 5.5], 'circle-color': ['case', role('active'), pen, casing], 'circle-stroke-width': 2, 'circle-stroke-color': ['case', role('active'), casing, pen] } },
    { id: 'edit/snap', type: 'circle', source: 'edit', filter: role('snap'), paint: { 'circle-radius': 9, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 2, 'circle-stroke-color': accent } },
    {
      id: 'measure/label', type: 'symbol', source: 'measure', filter: ['has', 'label'],
      layout: { 'text-field': ['get', 'label'], 'text-font': FONTS, 'text-size': 13, 'text-offset': [0, -1.1], 'text-allow-overlap': true },
      paint: { 'text-color': accent, 'text-halo-color': casing, 'text-halo-width': 2 },
    },
  ]
}
