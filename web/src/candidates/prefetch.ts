/** Fetches the pictures of the suspicion that comes next, on both dates; tiles may be kept for ever, so the map finds them at hand. */
import type { Candidate, Imagery, Survey } from '@/api/types'
import type { Bounds } from '@/api/types'

const MOST = 48

/** How far the view reaches beyond a suspicion: as `centre` of Compare.vue has it. */
export function viewOf([west, south, east, north]: Bounds): Bounds {
  const [x, y] = [Math.max((east - west) * 0.75, 0.00012), Math.max((north - south) * 0.75, 0.0001)]
  return [west - x, south - y, east + x, north + y]
}

/** Column and row (fractions) of a place among the Web Mercator tiles of a zoom. */
export function tileAt(lon: number, lat: number, zoom: number): [number, number] {
  const side = 2 ** zoom
  const radians = (lat * Math.PI) / 180
  return [((lon + 180) / 360) * side, ((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * side]
}

/** Addresses of the tiles that a view `width` pixels wide shows, nearest to its middle first, at most `MOST`. */
export function addresses(imagery: Pick<Imagery, 'tiles' | 'minzoom' | 'maxzoom'>, view: Bounds, width: number): string[] {
  const [west, south, east, north] = view
  // tiles of 256 pixels are shown at their size or up to half larger, as the map chooses them
  const sharp = Math.round(Math.log2((360 / (east - west)) * (width / 256)))
  const zoom = Math.min(imagery.maxzoom, Math.max(imagery.minzoom, sharp))
  const [left, top] = tileAt(west, north, zoom)
  const [right, bottom] = tileAt(east, south, zoom)
  const found: { address: string; off: number }[] = []
  for (let x = Math.floor(left); x <= Math.floor(right); x++) {
    for (let y = Math.floor(top); y <= Math.floor(bottom); y++) {
      const address = imagery.tiles.replace('{z}', String(zoom)).replace('{x}', String(x)).replace('{y}', String(y))
      found.push({ address, off: Math.hypot(x + 0.5 - (left + right) / 2, y + 0.5 - (top + bottom) / 2) })
    }
  }
  return found.toSorted((a, b) => a.off - b.off).slice(0, MOST).map(({ address }) => address)
}

export function prefetch(candidate: Candidate, surveyOf: (id: number) => Survey | null): void {
  const width = Math.max(256, window.innerWidth - 324)
  for (const flight of [candidate.before, candidate.after]) {
    const imagery = flight ? (surveyOf(flight.survey_id)?.imagery ?? null) : null
    if (!imagery) continue
    for (const address of addresses(imagery, viewOf(candidate.bbox as Bounds), width)) {
      void fetch(address, { credentials: 'same-origin', priority: 'low' }).catch(() => undefined)
    }
  }
}
