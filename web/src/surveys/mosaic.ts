/** All flights of some days on the map together, the newest on top. */
import { computed, ref, watch } from 'vue'
import { get } from '@/api/client'
import { loading } from '@/api/loading'
import type { Imagery, TileJSON } from '@/api/types'
import { flight } from './store'

export const from = ref('')
export const to = ref('')
export const mosaicOn = ref(false)

const days = computed(() => (from.value || to.value ? `${from.value}..${to.value}` : 'all'))
export const mosaic = loading<TileJSON>(() => get<TileJSON>(`/imagery/mosaic/${days.value}/tilejson.json`))

watch([mosaicOn, days], ([on]) => { if (on) void mosaic.load() })
watch(flight, () => { mosaicOn.value = false })

/** What the map draws of it; the address is this page's own, whatever name the server knows itself by. */
export const mosaicImagery = computed<(Imagery & { id: string }) | null>(() => {
  const told = mosaic.value.value
  if (!mosaicOn.value || mosaic.problem.value || !told) return null
  const tiles = `/imagery/mosaic/${days.value}/{z}/{x}/{y}.webp`
  return { id: `mosaic-${days.value}`, tiles, minzoom: told.minzoom, maxzoom: told.maxzoom, bounds: told.bounds as Imagery['bounds'] }
})
