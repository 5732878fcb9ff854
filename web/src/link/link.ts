/** The page in its address: `#view=12.00/31.75000/116.52000&layers=grids.roads&flight=3&at=grids/12`. Pure. */

export interface View {
  zoom: number
  lat: number
  lon: number
}

export interface Link {
  view: View | null
  layers: string[] | null
  flight: number | 'none' | null
  at: { layer: string; id: number } | null
  review: number | null
  tab: string | null
}

export const EMPTY: Link = { view: null, layers: null, flight: null, at: null, review: null, tab: null }

const whole = (value: string | null): number | null => (value !== null && /^\d+$/.test(value) ? Number(value) : null)

function readView(value: string | null): View | null {
  const parts = (value ?? '').split('/').map(Number)
  const [zoom, lat, lon] = parts
  if (parts.length !== 3 || zoom === undefined || lat === undefined || lon === undefined) return null
  const sane = parts.every(Number.isFinite) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 24
  return sane ? { zoom, lat, lon } : null
}

function readAt(value: string | null): Link['at'] {
  const [layer, id] = (value ?? '').split('/')
  const number = whole(id ?? null)
  return layer && number !== null ? { layer, id: number } : null
}

/** Reads a hash; parts that make no sense are as if they were not there. */
export function readLink(hash: string): Link {
  const values = new URLSearchParams(hash.replace(/^#/, ''))
  const layers = values.get('layers')
  return {
    view: readView(values.get('view')),
    layers: layers === null ? null : layers.split('.').filter(Boolean),
    flight: values.get('flight') === 'none' ? 'none' : whole(values.get('flight')),
    at: readAt(values.get('at')),
    review: whole(values.get('review')),
    tab: values.get('tab'),
  }
}

/** Writes the hash with its `#`; parts that are null are left out. */
export function writeLink(link: Link): string {
  const { view, layers, flight, at, review, tab } = link
  const parts = [
    view && `view=${view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`,
    layers && `layers=${layers.join('.')}`,
    flight !== null && `flight=${flight}`,
    at && `at=${at.layer}/${at.id}`,
    review !== null && `review=${review}`,
    tab && `tab=${tab}`,
  ]
  return `#${parts.filter(Boolean).join('&')}`
}
