/** The ground below everything: plain, or Tianditu where the operator has a key. */
import type { LayerSpecification, RasterSourceSpecification } from 'maplibre-gl'
import type { Theme } from '@/theme/theme'

export type Ground = 'none' | 'vec' | 'img'

/** Ground and annotation layer of each Tianditu map (WMTS, Web Mercator). */
const TIANDITU: Record<Exclude<Ground, 'none'>, [string, string]> = { vec: ['vec', 'cva'], img: ['img', 'cia'] }
const SUBDOMAINS = ['0', '1', '2', '3', '4', '5', '6', '7']

const PLAIN: Record<Theme, string> = { light: '#eceef0', dark: '#12161b' }

const tileUrl = (layer: string, subdomain: string, key: string): string =>
  `https://t${subdomain}.tianditu.gov.cn/${layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}` +
  `&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`

export interface GroundParts {
  sources: Record<string, RasterSourceSpecification>
  below: LayerSpecification[]
  above: LayerSpecification[]
}

export const isGroundSource = (id: string): boolean => id.startsWith('ground-')

/** Sources and layers of the ground; the annotation goes above the imagery of flights. */
export function ground(choice: Ground, key: string | null, theme: Theme, credit: string): GroundParts {
  const below: LayerSpecification[] = [{ id: 'ground', type: 'background', paint: { 'background-color': PLAIN[theme] } }]
  if (choice === 'none' || !key) return { sources: {}, below, above: [] }
  const [base, words] = TIANDITU[choice]
  const source = (layer: string): RasterSourceSpecification => ({
    type: 'raster', tiles: SUBDOMAINS.map((each) => tileUrl(layer, each, key)), tileSize: 256, maxzoom: 18, attribution: credit,
  })
  const dim = theme === 'dark' && choice === 'vec' ? { 'raster-brightness-max': 0.55, 'raster-saturation': -0.6 } : {}
  return {
    sources: { 'ground-base': source(base), 'ground-words': source(words) },
    below: [...below, { id: 'ground-base', type: 'raster', source: 'ground-base', paint: { ...dim, 'raster-fade-duration': 0 } }],
    above: [{ id: 'ground-words', type: 'raster', source: 'ground-words', paint: { 'raster-fade-duration': 0 } }],
  }
}
