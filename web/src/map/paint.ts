/** One catalogue layer → its MapLibre layers. Pure. */
import type {
  DataDrivenPropertyValueSpecification, ExpressionSpecification, FilterSpecification, LayerSpecification,
} from 'maplibre-gl'
import type { Layer, Look, Pattern, Style } from '@/api/types'
import type { Theme } from '@/theme/theme'
import { fillImage, markImage } from './patterns'

/** No glyph server: MapLibre draws these families itself, Latin and digits as well as Chinese. */
export const FONTS = ['PingFang SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'sans-serif']

export interface Drawing {
  theme: Theme
  language: 'zh' | 'en'
  opacity: number
}

const HALO = { light: '#ffffff', dark: '#12161b' } as const
const FILL: Record<Pattern, number> = { solid: 0.28, dashed: 0.12, hatch: 0.08, cross: 0.08, dot: 0.08, outline: 0 }
/** A layer that is drawn as outlines stays so in its dashed states: whole divisions would grey the ground. */
const fillOf = (style: Style, look: Look): number => (style.pattern === 'outline' && look.pattern === 'dashed' ? 0 : FILL[look.pattern])
const STROKED: Pattern[] = ['solid', 'hatch', 'outline', 'dot', 'cross']
const FILLED: Pattern[] = ['hatch', 'dot', 'cross']

type Value<T> = T | ExpressionSpecification

/** What `of` says for each state of the layer; the layer's own look where the state is none of them. */
export function byState<T extends string | number>(style: Style, of: (look: Look) => T): Value<T> {
  const states = Object.entries(style.states)
  if (!style.state_field || states.length === 0) return of(style)
  const cases = states.flatMap(([value, look]) => [value, of(look)])
  return ['match', ['to-string', ['get', style.state_field]], ...cases, of(style)] as unknown as ExpressionSpecification
}

/** The features drawn with one of these patterns: all (true), none (false) or a filter. */
export function drawnAs(style: Style, patterns: Pattern[]): FilterSpecification | boolean {
  const states = Object.entries(style.states)
  const plain = patterns.includes(style.pattern)
  if (!style.state_field || states.length === 0) return plain
  const among = (wanted: boolean): string[] =>
    states.filter(([, look]) => patterns.includes(look.pattern) === wanted).map(([value]) => value)
  const chosen = among(!plain)
  if (chosen.length === 0) return plain
  const test: ExpressionSpecification = ['in', ['to-string', ['get', style.state_field]], ['literal', chosen]]
  return plain ? ['!', test] : test
}

const widening = (width: number, factor = 1): ExpressionSpecification =>
  ['interpolate', ['linear'], ['zoom'], 9, width * 0.5 * factor, 14, width * factor, 19, width * 2 * factor]

/** Dense networks step back while the whole district is in view. */
const fading = (opacity: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], 9, opacity * 0.3, 13, opacity]

/** Adds a layer with the filter, or nothing where no feature is drawn so. */
function filtered(spec: LayerSpecification, filter: FilterSpecification | boolean): LayerSpecification[] {
  if (filter === false) return []
  return [filter === true ? spec : ({ ...spec, filter } as LayerSpecification)]
}

function lines(layer: Layer, { theme, opacity }: Drawing): LayerSpecification[] {
  const { style } = layer
  const shared = { source: layer.id, 'source-layer': layer.id, minzoom: layer.min_zoom, type: 'line' as const }
  const paint = {
    'line-color': byState(style, (look) => look[theme]) as DataDrivenPropertyValueSpecification<string>,
    'line-width': widening(style.width),
    'line-opacity': layer.geometry === 'MultiLineString' ? fading(opacity) : opacity,
  }
  const layout = { 'line-join': 'round' as const }
  return [
    ...filtered({ ...shared, id: `${layer.id}/line`, layout, paint }, drawnAs(style, STROKED)),
    ...filtered(
      { ...shared, id: `${layer.id}/dash`, layout, paint: { ...paint, 'line-dasharray': [3, 2] } },
      drawnAs(style, ['dashed']),
    ),
  ]
}

function polygons(layer: Layer, drawing: Drawing): LayerSpecification[] {
  const { style } = layer
  const { theme, opacity } = drawing
  const shared = { source: layer.id, 'source-layer': layer.id, minzoom: layer.min_zoom, type: 'fill' as const }
  const colour = byState(style, (look) => look[theme]) as DataDrivenPropertyValueSpecification<string>
  const strength = byState(style, (look) => fillOf(style, look) * opacity) as DataDrivenPropertyValueSpecification<number>
  const image = byState(style, (look) => fillImage(look.pattern, look[theme])) as DataDrivenPropertyValueSpecification<string>
  return [
    { ...shared, id: `${layer.id}/fill`, paint: { 'fill-color': colour, 'fill-opacity': strength, 'fill-antialias': false } },
    ...filtered(
      { ...shared, id: `${layer.id}/pattern`, paint: { 'fill-pattern': image, 'fill-opacity': opacity } },
      drawnAs(style, FILLED),
    ),
    ...lines(layer, drawing),
    ...(layer.points_below > layer.min_zoom ? points(layer, drawing) : []),
  ]
}

/** Areas come in the tile a second time as one point each, where they are too small to see or their name needs one. */
const inside = (layer: Layer): string => (layer.geometry === 'MultiPolygon' ? `${layer.id}_labels` : layer.id)

/** What the server counted instead of drawing one by one, and the rest of that tile layer. */
const CLUSTER: FilterSpecification = ['has', 'point_count']
const SINGLE: FilterSpecification = ['!', ['has', 'point_count']]

/** A circle with its number; a layer's own are covered by those of the layers above it, number and all. */
function clusters(layer: Layer, { theme, opacity, language }: Drawing): LayerSpecification[] {
  if (layer.clustered_below <= layer.min_zoom) return []
  const shared = { source: layer.id, 'source-layer': inside(layer), filter: CLUSTER, minzoom: layer.min_zoom, maxzoom: layer.clustered_below }
  const number: ExpressionSpecification = ['get', 'point_count']
  // as short as the language has it: 1.2万, 12k
  const [unit, sign] = language === 'zh' ? [10_000, '万'] as const : [1000, 'k'] as const
  const short: ExpressionSpecification = ['concat', ['to-string', ['/', ['round', ['*', ['/', number, unit], 10]], 10]], sign]
  return [
    {
      ...shared, id: `${layer.id}/cluster`, type: 'circle',
      paint: {
        'circle-color': layer.style[theme], 'circle-opacity': opacity, 'circle-stroke-color': HALO[theme], 'circle-stroke-width': 1.5, 'circle-stroke-opacity': opacity,
        'circle-radius': ['step', number, 9, 10, 10.5, 100, 12.5, 1000, 14.5],
      },
    },
    {
      ...shared, id: `${layer.id}/count`, type: 'symbol',
      layout: {
        'text-field': ['case', ['>=', number, unit], short, ['to-string', number]], 'text-font': FONTS, 'text-size': 10.5,
        'text-allow-overlap': true, 'text-ignore-placement': true,
      },
      paint: { 'text-color': HALO[theme], 'text-opacity': opacity },
    },
  ]
}

function points(layer: Layer, drawing: Drawing): LayerSpecification[] {
  const { theme, opacity } = drawing
  const image = byState(layer.style, (look) => markImage(look.pattern, look[theme], HALO[theme]))
  return [{
    id: `${layer.id}/mark`, type: 'symbol', source: layer.id, 'source-layer': inside(layer), minzoom: layer.min_zoom,
    ...(layer.clustered_below > layer.min_zoom ? { filter: SINGLE } : {}),
    ...(layer.geometry === 'MultiPolygon' ? { maxzoom: layer.points_below } : {}),
    layout: {
      'icon-image': image as DataDrivenPropertyValueSpecification<string>,
      'icon-allow-overlap': true, 'icon-ignore-placement': true,
      'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.45, 13, 0.75, 17, 1.1],
    },
    paint: { 'icon-opacity': opacity },
  }, ...clusters(layer, drawing)]
}

/** The shapes of one layer, bottom first. */
export function shapes(layer: Layer, drawing: Drawing): LayerSpecification[] {
  if (layer.geometry === 'Point') return points(layer, drawing)
  return layer.geometry === 'MultiLineString' ? lines(layer, drawing) : polygons(layer, drawing)
}

const words = (layer: Layer, lang: 'zh' | 'en'): ExpressionSpecification => {
  const value: ExpressionSpecification = ['to-string', ['coalesce', ['get', layer.label!], '']]
  const codes = layer.fields.find((field) => field.name === layer.label)?.codes ?? []
  if (codes.length === 0) return value
  const cases = codes.flatMap((code) => [code.value, code.title[lang]])
  return ['match', value, ...cases, value] as unknown as ExpressionSpecification
}

/** Divisions are named at the zooms at which they fit the screen: townships, then communities; the district is the page. */
const DIVISIONS: FilterSpecification = ['==', ['get', 'level'], ['step', ['zoom'], 'township', 13, 'community']]

/** Areas that a tile shows as a whole are named by their shape there; the others have a point in one tile of all. */
const WHOLE: FilterSpecification = ['has', '_whole']

/** From here a flight is larger than the screen and its name would only lie on its imagery. */
const FOOTPRINT_FILLS_SCREEN = 16

/** The labels of one layer, haloed, from its label zoom. */
export function labels(layer: Layer, { theme, opacity, language }: Drawing): LayerSpecification[] {
  if (!layer.label) return []
  const along = layer.geometry === 'MultiLineString'
  const point = layer.geometry === 'Point'
  const filter = layer.id === 'divisions' ? DIVISIONS : null
  const shared = {
    type: 'symbol', source: layer.id,
    ...(layer.id === 'surveys' ? { maxzoom: FOOTPRINT_FILLS_SCREEN } : {}),
    minzoom: Math.max(layer.label_zoom, layer.min_zoom),
    layout: {
      'text-field': words(layer, language), 'text-font': FONTS, 'text-size': 12, 'text-max-width': layer.label === layer.key ? 24 : 8, 'text-padding': 6,
      'symbol-placement': along ? 'line' : 'point',
      ...(point ? { 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 0.9, 'text-justify': 'auto' } : {}),
    },
    paint: {
      'text-color': byState(layer.style, (look) => shade(look[theme], theme)) as DataDrivenPropertyValueSpecification<string>,
      'text-halo-color': HALO[theme], 'text-halo-width': 1.6, 'text-opacity': opacity,
    },
  }
  const own = { ...shared, id: `${layer.id}/label`, 'source-layer': inside(layer), ...(filter ? { filter } : {}) } as LayerSpecification
  if (layer.geometry !== 'MultiPolygon') return [own]
  const whole = { ...shared, id: `${layer.id}/label/whole`, 'source-layer': layer.id, filter: filter ? ['all', WHOLE, filter] : WHOLE } as LayerSpecification
  return [whole, own]
}

/** The data colour moved towards the ink of the theme, so that small letters can be read. */
export function shade(colour: string, theme: Theme): string {
  const towards = theme === 'light' ? 0 : 255
  const part = (from: number): string =>
    Math.round(Number.parseInt(colour.slice(from, from + 2), 16) * 0.55 + towards * 0.45).toString(16).padStart(2, '0')
  return /^#[0-9a-f]{6}$/i.test(colour) ? `#${part(1)}${part(3)}${part(5)}` : colour
}
