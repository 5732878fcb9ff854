/** The order in which layers are drawn. Pure. */
import type { Layer } from '@/api/types'

const RANK: Record<Layer['geometry'], number> = { MultiPolygon: 0, MultiLineString: 1, Point: 2 }

/** Ids, topmost first: points over lines over areas, and what the catalogue names later over earlier. */
export function naturalOrder(layers: Layer[]): string[] {
  return layers
    .map((layer, index) => ({ id: layer.id, rank: RANK[layer.geometry], index }))
    .sort((a, b) => b.rank - a.rank || b.index - a.index)
    .map(({ id }) => id)
}

/** The kept order where it still fits; layers that it does not know are put where they naturally stand. */
export function mergedOrder(kept: string[], layers: Layer[]): string[] {
  const natural = naturalOrder(layers)
  const order = kept.filter((id) => natural.includes(id))
  for (const [index, id] of natural.entries()) {
    if (order.includes(id)) continue
    const above = natural.slice(0, index).findLast((each) => order.includes(each))
    order.splice(above ? order.indexOf(above) + 1 : 0, 0, id)
  }
  return order
}

/** Moves `id` to stand just above `before`, or last where `before` is null. */
export function moved(order: string[], id: string, before: string | null): string[] {
  if (id === before) return order
  const rest = order.filter((each) => each !== id)
  const place = before === null ? rest.length : rest.indexOf(before)
  return place < 0 ? order : rest.toSpliced(place, 0, id)
}
