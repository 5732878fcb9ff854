/** The phone's map: the grids and their surroundings from the catalogue, the place and its accuracy. Pure. */
import type { FeatureCollection } from 'geojson'
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Catalogue, Task, Where } from '@/api/types'
import { ground } from '@/map/ground'
import { NOTHING, collection } from '@/map/overlays'
import { labels, shapes } from '@/map/paint'
import type { Theme } from '@/theme/theme'
import { circle } from './circle'
import type { Place } from './place'

/** What an inspector needs around the grids, topmost first. */
const SHOWN = ['illegal_buildings', 'stall_clusters', 'grids', 'roads', 'divisions']

export interface FieldPicture {
  catalogue: Catalogue | null
  theme: Theme
  strong: boolean
  language: 'zh' | 'en'
  place: Place | null
  grid: Where['grid']
  tasks: Task[]
  opened: Task | null
  tiandituKey: string | null
  credit: string
}

function placeLayers(theme: Theme): LayerSpecification[] {
  const accent = theme === 'light' ? '#1d5bb8' : '#86b5ff'
  return [
    { id: 'accuracy/fill', type: 'fill', source: 'accuracy', paint: { 'fill-color': accent, 'fill-opacity': 0.16 } },
    { id: 'accuracy/line', type: 'line', source: 'accuracy', paint: { 'line-color': accent, 'line-width': 1.5 } },
    { id: 'place/case', type: 'circle', source: 'place', paint: { 'circle-radius': 10, 'circle-color': '#ffffff' } },
    { id: 'place/dot', type: 'circle', source: 'place', paint: { 'circle-radius': 7, 'circle-color': '#1d5bb8' } },
  ]
}

/** Red as illegal buildings are everywhere; a demolition check is a ring, what others have taken is pale; the one that
 * is looked at is its outline. */
function taskLayers(theme: Theme): LayerSpecification[] {
  const [red, edge] = theme === 'light' ? ['#b0261e', '#ffffff'] : ['#ff8f85', '#10151c']
  const ring = ['==', ['get', 'purpose'], 'demolition']
  return [
    { id: 'opened/case', type: 'line', source: 'opened', paint: { 'line-color': edge, 'line-width': 6 } },
    { id: 'opened/line', type: 'line', source: 'opened', paint: { 'line-color': red, 'line-width': 3, 'line-dasharray': [2, 1.2] } },
    { id: 'tasks/case', type: 'circle', source: 'tasks', paint: { 'circle-radius': 13, 'circle-color': edge, 'circle-opacity': ['get', 'strength'] } },
    { id: 'tasks/pin', type: 'circle', source: 'tasks', paint: {
      'circle-radius': 8, 'circle-color': ['case', ring as never, edge, red], 'circle-stroke-width': 3, 'circle-stroke-color': red, 'circle-opacity': ['get', 'strength'], 'circle-stroke-opacity': ['get', 'strength'],
    } },
  ]
}

const pins = (tasks: Task[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features: tasks.map((task) => ({
    type: 'Feature', id: task.id, geometry: { type: 'Point', coordinates: [task.lon, task.lat] },
    properties: { purpose: task.purpose, strength: task.claim && !task.claim.mine ? 0.45 : 1 },
  })),
})

export function fieldStyle(picture: FieldPicture): StyleSpecification {
  const { catalogue, theme, strong, language, place, grid } = picture
  const layers = SHOWN.flatMap((id) => catalogue?.layers.find((layer) => layer.id === id) ?? []).reverse()
  const bolder = layers.map((layer) => (strong ? { ...layer, style: { ...layer.style, width: layer.style.width * 1.8 } } : layer))
  const base = ground(picture.tiandituKey ? 'vec' : 'none', picture.tiandituKey, theme, picture.credit)
  const drawing = { theme, language, opacity: 1 }
  const mine: LayerSpecification[] = grid && layers.some((layer) => layer.id === 'grids')
    ? [{ id: 'mine', type: 'line', source: 'grids', 'source-layer': 'grids', filter: ['==', ['get', 'code'], grid.code], paint: { 'line-color': theme === 'light' ? '#1d5bb8' : '#86b5ff', 'line-width': 5 } }]
    : []
  return {
    version: 8,
    sources: {
      ...base.sources,
      ...Object.fromEntries(layers.map((layer) => [layer.id, { type: 'vector' as const, tiles: [`${location.origin}${layer.tiles}`], minzoom: layer.min_zoom, maxzoom: layer.max_zoom }])),
      accuracy: { type: 'geojson', data: place?.accuracy ? collection(circle(place.at, place.accuracy)) : NOTHING },
      tasks: { type: 'geojson', data: pins(picture.tasks.filter(({ id }) => id !== picture.opened?.id)) },
      opened: { type: 'geojson', data: picture.opened ? collection(picture.opened.geometry) : NOTHING },
      place: { type: 'geojson', data: place ? collection({ type: 'Point', coordinates: place.at }) : NOTHING },
    },
    layers: [
      ...base.below, ...base.above, ...bolder.flatMap((layer) => shapes(layer, drawing)), ...mine,
      ...bolder.flatMap((layer) => labels(layer, drawing)), ...placeLayers(theme), ...taskLayers(theme),
    ],
  }
}
