/** What the page itself draws over the data: selection, footprint preview, measuring. */
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl'
import type { Theme } from '@/theme/theme'
import { FONTS } from './paint'

export type Overlay = 'selected' | 'before' | 'after' | 'footprint' | 'measure' | 'place' | 'import' | 'chosen'
export type Shapes = Record<Overlay, FeatureCollection>

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }
export const noShapes = (): Shapes => ({ selected: NOTHING, before: NOTHING, after: NOTHING, footprint: NOTHING, measure: NOTHING, place: NOTHING, import: NOTHING, chosen: NOTHING })

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

const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point']
const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
const isLine: ExpressionSpecification = ['!=', ['geometry-type'], 'Point']

export function overlayLayers(theme: Theme): LayerSpecification[] {
  const accent = ACCENT[theme]
  const casing = CASE[theme]
  const ring = { 'circle-radius': 11, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 3, 'circle-stroke-color': accent }
  const dot = { 'circle-radius': 4.5, 'circle-color': casing, 'circle-stroke-width': 2, 'circle-stroke-color': accent }
  const file: ExpressionSpecification = ['match', ['get', 'state'], 'wrong', FILE[theme].wrong, 'repaired', FILE[theme].repaired, FILE[theme].sound]
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
    {
      id: 'measure/label', type: 'symbol', source: 'measure', filter: ['has', 'label'],
      layout: { 'text-field': ['get', 'label'], 'text-font': FONTS, 'text-size': 13, 'text-offset': [0, -1.1], 'text-allow-overlap': true },
      paint: { 'text-color': accent, 'text-halo-color': casing, 'text-halo-width': 2 },
    },
  ]
}
