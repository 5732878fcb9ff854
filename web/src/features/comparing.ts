/** Two versions of the selected thing side by side: what differs, and both outlines on the map. */
import { computed, ref, watch } from 'vue'
import { ElMessageBox } from 'element-plus'
import { get, post } from '@/api/client'
import { loading } from '@/api/loading'
import type { Difference, HistoryEntry } from '@/api/types'
import { say } from '@/i18n'
import { catalogue } from '@/layers/catalogue'
import { boundsOf } from '@/map/bounds'
import { NOTHING, collection } from '@/map/overlays'
import { draw, zoomToBounds } from '@/map/stage'
import { asOf } from '@/past/past'
import { tell } from '@/shell/notes'
import { tellProblem } from '@/shell/problems'
import { geometry, history, item, selected } from './selection'

/** The chosen versions, at most two. */
export const chosen = ref<number[]>([])
export const pair = computed(() => (chosen.value.length === 2 ? chosen.value.toSorted((a, b) => a - b) : null))
export const restoring = ref(false)

const of = (rest: string): string => `/api/layers/${selected.value!.layer}/${selected.value!.id}/${rest}`

export const difference = loading<Difference | null>(async () =>
  pair.value && selected.value ? get<Difference>(of(`difference?before=${pair.value[0]}&after=${pair.value[1]}`)) : null,
)

/** Chooses a version or lets it go; a third one takes the place of the one chosen last. */
export function choose(version: number): void {
  const rest = chosen.value.filter((each) => each !== version)
  chosen.value = rest.length < chosen.value.length ? rest : [...rest.slice(0, 1), version]
}

watch(selected, () => { chosen.value = [] })
watch(pair, () => {
  difference.value.value = null
  if (pair.value) void difference.load()
})
watch(difference.value, (found) => {
  draw('before', found ? collection(found.before.geometry) : NOTHING)
  draw('after', found ? collection(found.after.geometry) : NOTHING)
  const bounds = found && boundsOf({ type: 'GeometryCollection', geometries: [found.before.geometry, found.after.geometry].filter((each) => each !== null) })
  if (bounds) zoomToBounds(bounds)
  draw('selected', !found && geometry.value ? collection(geometry.value) : NOTHING)
})

/** Makes a version the current state, after asking. */
export async function restore(entry: HistoryEntry, name: string): Promise<void> {
  const newest = history.value.value?.[0]?.version
  const sure = await ElMessageBox.confirm(say('feature.restoreAsk', { n: entry.version, name }), say('feature.restoreTitle'), {
    confirmButtonText: say('feature.restore'), cancelButtonText: say('common.cancel'),
  }).catch(() => null)
  if (!sure || newest === undefined) return
  restoring.value = true
  try {
    await post(of('restore'), { version: entry.version }, { 'if-match': `"${newest}"` })
    chosen.value = []
    asOf.value = null
    tell({ kind: 'ok', text: say('feature.restored', { n: entry.version, name }) })
    await Promise.all([item.load(), catalogue.load()])
  } catch (reason) {
    tellProblem(reason)
  } finally {
    restoring.value = false
    await history.load()
  }
}
