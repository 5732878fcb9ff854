/** Alarms: what flights show of illegal buildings on record; the list by pages, those of a building, and closing one. */
import { computed, reactive } from 'vue'
import { get, post, query } from '@/api/client'
import { loading } from '@/api/loading'
import type { Alarm, AlarmKind, AlarmPage } from '@/api/types'
import { reviewing } from '@/candidates/store'
import { select } from '@/features/selection'
import { isVisible, show } from '@/layers/tree'
import { zoomToBounds } from '@/map/stage'

export const KINDS = ['rebuilt', 'grew', 'gone', 'standing'] as const satisfies readonly AlarmKind[]
const PAGE = 100

export const filter = reactive<{ kind: AlarmKind | ''; status: 'open' | 'closed' }>({ kind: '', status: 'open' })
const pageAfter = (after: string | null): Promise<AlarmPage> => get<AlarmPage>(`/api/alarms${query({ ...filter, limit: PAGE, after: after ?? '' })}`)
export const alarms = loading<AlarmPage>(() => pageAfter(null))
/** How many of each kind ask for somebody, whatever the list shows. */
const open = loading<AlarmPage>(() => get<AlarmPage>(`/api/alarms${query({ limit: 1 })}`))
export const loadOpen = open.load
export const openCount = computed(() => Object.values(open.value.value?.counts ?? {}).reduce((sum, n) => sum + n, 0))

export async function more(): Promise<void> {
  const before = alarms.value.value
  if (!before?.next) return
  const then = await pageAfter(before.next)
  if (alarms.value.value === before) alarms.value.value = { ...then, items: [...before.items, ...then.items] }
}

export const alarmsOf = async (building: number): Promise<Alarm[]> => (await get<AlarmPage>(`/api/alarms/buildings/${building}`)).items

export async function close({ id }: Alarm, word: string): Promise<Alarm> {
  const done = await post<Alarm>(`/api/alarms/${id}/close`, { word })
  void loadOpen()
  if (alarms.value.value) void alarms.load()
  return done
}

/** The building on the map, with its layer and its drawer. */
export function look(alarm: Alarm): void {
  if (!isVisible('illegal_buildings')) show('illegal_buildings', true)
  select({ layer: 'illegal_buildings', id: alarm.illegal_building.id })
  zoomToBounds(alarm.bbox)
}

/** Both dates side by side; only where the detector drew something. */
export function compare({ candidate }: Alarm): void {
  if (candidate) reviewing.value = candidate.id
}

/** When somebody else signs in. */
export function forgetAlarms(): void {
  alarms.value.value = open.value.value = null
}
