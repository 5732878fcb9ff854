/** The exact sides of what lies in view, to which corners stick: a tile's are rounded. */
import type { Map as MapLibreMap } from 'maplibre-gl'
import { get, query } from '@/api/client'
import type { Items, Position } from '@/api/types'
import { draft } from './draft'
import { sidesOf } from './shape'

const NEAR = 15 // below this zoom a pixel is metres
const MOST = 500

export const neighbours = {
  sides: [] as [Position, Position][],

  /** Fetches them whenever the map comes to rest; returns what ends it. */
  follow(map: MapLibreMap): () => void {
    let asking: AbortController | null = null
    const load = async (): Promise<void> => {
      asking?.abort()
      const now = draft.value
      if (!now || map.getZoom() < NEAR) {
        neighbours.sides = []
        return
      }
      asking = new AbortController()
      const bbox = map.getBounds().toArray().flat().join(',')
      const found = await get<Items>(`/ogc/collections/${now.layer}/items${query({ bbox, limit: MOST })}`, asking.signal).catch(() => null)
      if (found) neighbours.sides = found.features.filter((each) => Number(each.id) !== now.id).flatMap((each) => sidesOf(each.geometry))
    }
    const onRest = (): void => void load()
    map.on('moveend', onRest)
    onRest()
    return () => {
      map.off('moveend', onRest)
      asking?.abort()
      neighbours.sides = []
    }
  },
}
