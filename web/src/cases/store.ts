/** Cases: the filtered list, the open case, what is due, what waits for an approval, and the acts of people. */
import { computed, reactive, ref, watch } from 'vue'
import { get, post, query } from '@/api/client'
import { loading } from '@/api/loading'
import type { CaseAct, CaseFile, CasePage, CaseState, Consequence, Due, Filing, FilingWish, Light, SiteCheck, SiteCheckWish, WaitingRequest } from '@/api/types'
import { item, select, selected } from '@/features/selection'
import { catalogue } from '@/layers/catalogue'
import { isVisible, show } from '@/layers/tree'
import { zoomToPoint } from '@/map/stage'

export interface Filter {
  status: CaseState | ''
  division: string
  handler: number | ''
  light: Light | ''
  text: string
  open: boolean
}

export const VIEWS = ['list', 'due', 'inbox', 'unfiled', 'settings'] as const
export type View = (typeof VIEWS)[number]
const PAGE = 100

export const view = ref<View>('list')
export const filter = reactive<Filter>({ status: '', division: '', handler: '', light: '', text: '', open: true })
export const limit = ref(PAGE)
export const page = loading<CasePage>(() => get<CasePage>(`/api/cases${query({ ...filter, text: filter.text.trim(), open: String(filter.open), limit: limit.value })}`))
export const within = ref(30)
export const due = loading<Due[]>(async () => (await get<{ items: Due[] }>(`/api/cases/deadlines${query({ within_days: within.value })}`)).items)
export const inbox = loading<WaitingRequest[]>(async () => (await get<{ items: WaitingRequest[] }>('/api/cases/requests')).items)
export const unfiled = loading<SiteCheck[]>(async () => (await get<{ items: SiteCheck[] }>('/api/cases/site-checks')).items)
/** The case that is selected on the map. */
export const file = loading<CaseFile | null>(async () => (selected.value?.layer === 'cases' ? get<CaseFile>(`/api/cases/${selected.value.id}`) : null))

/** How many requests wait for the person who is signed in. */
export const forMe = computed(() => (inbox.value.value ?? []).filter((each) => each.may_answer).length)

watch(selected, () => {
  // what was just filed is there already, and is asked for anew all the same
  if (selected.value?.layer !== 'cases' || selected.value.id !== file.value.value?.id) file.value.value = null
  file.problem.value = null
  if (selected.value?.layer === 'cases') void file.load()
})

export function more(): Promise<void> {
  limit.value += PAGE
  return page.load()
}

/** Opens a case: its drawer, its layer, its place on the map. */
export function openCase(id: number, at?: { lon: number; lat: number }): void {
  if (!isVisible('cases')) show('cases', true)
  select({ layer: 'cases', id })
  if (at) zoomToPoint([at.lon, at.lat], 16)
}

/** After something was done: what is shown of cases anywhere is asked for anew. */
export function refresh(): void {
  void catalogue.load()
  void page.load()
  void inbox.load()
  if (due.value.value) void due.load()
  if (unfiled.value.value) void unfiled.load()
}

/** When somebody else signs in: nothing of what the one before could see stays. */
export function forgetCases(): void {
  for (const each of [page, due, inbox, unfiled, file]) each.value.value = null
  if (selected.value?.layer === 'cases') void file.load()
}

function changed(fresh: CaseFile): CaseFile {
  if (selected.value?.layer === 'cases' && selected.value.id === fresh.id) {
    file.value.value = fresh
    void item.load()
  }
  refresh()
  return fresh
}

type Body = Record<string, unknown>
const path = (id: number, act: CaseAct['act']): string => `/api/cases/${id}/acts/${act}`

export const tryAct = (id: number, act: CaseAct['act'], body: Body): Promise<Consequence> => post<Consequence>(`${path(id, act)}/try`, body)
export const doAct = async (id: number, act: CaseAct['act'], body: Body): Promise<CaseFile> => changed(await post<CaseFile>(path(id, act), body))
export const answer = async (id: number, request: number, body: { version: number; granted: boolean; note: string | null }): Promise<CaseFile> =>
  changed(await post<CaseFile>(`/api/cases/${id}/requests/${request}`, body))

export const casesAt = async (building: number): Promise<CasePage['items']> =>
  (await get<CasePage>(`/api/cases${query({ illegal_building: building })}`)).items
export const unfiledAt = async (building: number): Promise<SiteCheck[]> =>
  (await get<{ items: SiteCheck[] }>(`/api/cases/site-checks${query({ illegal_building: building })}`)).items
export const tryFiling = (check: number, wish: Pick<FilingWish, 'route' | 'temporary' | 'dwelling' | 'ended_on'>): Promise<Filing> =>
  get<Filing>(`/api/cases/site-checks/${check}/filing${query({ ...wish, temporary: flag(wish.temporary), dwelling: flag(wish.dwelling) })}`)
export async function fileCase(wish: FilingWish): Promise<CaseFile> {
  const made = await post<CaseFile>('/api/cases', wish)
  file.value.value = made
  openCase(made.id, made)
  refresh()
  return made
}
export async function checkSite(wish: SiteCheckWish): Promise<SiteCheck> {
  const made = await post<SiteCheck>('/api/cases/site-checks', wish)
  if (wish.case_id != null) void file.load()
  refresh()
  return made
}

const flag = (value: boolean | null | undefined): string | null => (value == null ? null : String(value))
