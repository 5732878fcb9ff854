/** Which layers are shown, how strongly, and in what order; remembered on this device. */
import { computed, reactive, watch } from 'vue'
import type { Layer } from '@/api/types'
import { layerOf, layers } from './catalogue'
import { mergedOrder, moved, naturalOrder } from './order'

const KEY = 'chengtu.layers'

interface Kept {
  visible: string[] | null
  opacity: Record<string, number>
  order: string[]
  closed: string[]
}

function kept(): Kept {
  const empty: Kept = { visible: null, opacity: {}, order: [], closed: [] }
  try {
    return { ...empty, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>) }
  } catch {
    return empty
  }
}

/** `visible` is null until the person or a link chooses: then the catalogue's own choice holds. */
export const tree = reactive<Kept>(kept())
watch(tree, () => localStorage.setItem(KEY, JSON.stringify(tree)))

const atStart = computed(() => layers.value.filter((layer) => layer.shown_at_start).map((layer) => layer.id))
export const visible = computed<string[]>(() => tree.visible ?? atStart.value)
export const isVisible = (id: string): boolean => visible.value.includes(id)
export const opacityOf = (id: string): number => tree.opacity[id] ?? 1

export function show(id: string, on: boolean): void {
  const rest = visible.value.filter((each) => each !== id)
  tree.visible = on ? [...rest, id] : rest
}

export function showAll(ids: string[], on: boolean): void {
  const rest = visible.value.filter((each) => !ids.includes(each))
  tree.visible = on ? [...rest, ...ids] : rest
}

export function resetTree(): void {
  Object.assign(tree, { visible: null, opacity: {}, order: [] })
}

/** Every layer, topmost first. */
export const order = computed(() => (tree.order.length ? mergedOrder(tree.order, layers.value) : naturalOrder(layers.value)))
/** The layers that are shown, topmost first. */
export const stack = computed<Layer[]>(() =>
  order.value.filter(isVisible).map(layerOf).filter((layer): layer is Layer => layer !== null),
)

export function moveAbove(id: string, before: string | null): void {
  tree.order = moved(order.value, id, before)
}

/** One step up or down among the layers that are shown. */
export function step(id: string, by: 1 | -1): void {
  const ids = stack.value.map((layer) => layer.id)
  const place = ids.indexOf(id)
  const other = ids[place + by]
  if (other === undefined) return
  if (by < 0) moveAbove(id, other)
  else moveAbove(other, id)
}
