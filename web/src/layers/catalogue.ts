/** The catalogue of published layers, as the server describes it to this person. */
import { computed } from 'vue'
import { get } from '@/api/client'
import { loading } from '@/api/loading'
import type { Catalogue, Field, Layer } from '@/api/types'

export const catalogue = loading<Catalogue>(() => get<Catalogue>('/api/catalogue'))

export const layers = computed<Layer[]>(() => catalogue.value.value?.layers ?? [])
export const layerOf = (id: string): Layer | null => layers.value.find((layer) => layer.id === id) ?? null
export const fieldOf = (layer: Layer, name: string): Field | null =>
  layer.fields.find((field) => field.name === name) ?? null

export interface Branch {
  id: string
  title: { zh: string; en: string }
  layers: Layer[]
}

/** Groups with their layers, in the order of the catalogue; groups without layers are left out. */
export const branches = computed<Branch[]>(() =>
  (catalogue.value.value?.groups ?? [])
    .map((group) => ({ ...group, layers: layers.value.filter((layer) => layer.group === group.id) }))
    .filter((group) => group.layers.length > 0),
)
