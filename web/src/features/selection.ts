/** The one selected thing: the same in the table row, the map shape, the drawer and the link. */
import { computed, ref, watch } from 'vue'
import { get } from '@/api/client'
import { loading } from '@/api/loading'
import type { HistoryEntry, Item } from '@/api/types'
import { thenAt } from '@/past/at'
import { asOf } from '@/past/past'

export interface Selected {
  layer: string
  id: number
}

/** A thing on the map with what it is called there. */
export interface Found extends Selected {
  name: string
}

export const selected = ref<Selected | null>(null)
/** Everything below the last click, so that the drawer can offer the others. */
export const here = ref<Found[]>([])

const path = ({ layer, id }: Selected): string => `/ogc/collections/${layer}/items/${id}`

export const item = loading<Item | null>(async () => (selected.value ? get<Item>(thenAt(path(selected.value), asOf.value)) : null))
export const history = loading<HistoryEntry[]>(async () =>
  selected.value ? get<HistoryEntry[]>(`/api/layers/${selected.value.layer}/${selected.value.id}/history`) : [],
)

export const same = (a: Selected | null, b: Selected | null): boolean => a?.layer === b?.layer && a?.id === b?.id

export function select(next: Selected | null, others: Found[] = []): void {
  here.value = others.length > 1 ? others : []
  if (same(next, selected.value)) return
  selected.value = next && { layer: next.layer, id: next.id }
}

watch(selected, () => {
  item.value.value = null
  history.value.value = null
  void item.load()
})
watch(asOf, () => { if (selected.value) void item.load() })

export const geometry = computed(() => item.value.value?.geometry ?? null)
