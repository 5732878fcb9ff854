/** The order in which layers are drawn. Pure. */
import type { Layer } from '@/api/types'

/** Ids, topmost first: the catalogue names them in the order in which they lie on each other. */
export const naturalOrder = (layers: Layer[]): string[] => layers.map((layer) => layer.id)

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
