/** Permits and planning areas around a suspicion, drawn on both dates where they are asked for. */
import type { Geometry } from 'geojson'
import { reactive, shallowRef, watch } from 'vue'
import { get } from '@/api/client'
import type { Bounds, Items } from '@/api/types'
import { catalogue, layerOf } from '@/layers/catalogue'
import { current } from './judging'
import { viewOf } from './prefetch'

export const CONTEXT = ['permits', 'planning_areas'] as const
export type Context = (typeof CONTEXT)[number]

export const shown = reactive<Record<Context, boolean>>({ permits: false, planning_areas: false })
export const around = shallowRef<Record<Context, Geometry[]>>({ permits: [], planning_areas: [] })

watch([() => current.value?.id, () => ({ ...shown }), () => catalogue.value.value !== null], async () => {
  const at = current.value
  const found: Record<Context, Geometry[]> = { permits: [], planning_areas: [] }
  if (at) {
    const box = viewOf(at.bbox as Bounds).map((each) => each.toFixed(7)).join(',')
    await Promise.all(CONTEXT.filter((each) => shown[each] && layerOf(each)).map(async (each) => {
      // the facts beside the pictures name the permit and the planning area all the same
      const items = await get<Items>(`/ogc/collections/${each}/items?f=json&limit=50&bbox=${box}`).catch(() => null)
      found[each] = items?.features.map(({ geometry }) => geometry) ?? []
    }))
  }
  if (current.value?.id === at?.id) around.value = found
})
