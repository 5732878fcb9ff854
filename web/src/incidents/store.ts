/** Incidents: the list and its filters, the one that is open, and what is drawn of them. */
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { get, post, query } from '@/api/client'
import { loading } from '@/api/loading'
import type { Category, Handler, Incident, IncidentFigures, IncidentFilter, IncidentPage, IncidentShort, Position, Similar } from '@/api/types'
import { LIGHTS, type Light } from '@/map/lights'
import { NOTHING } from '@/map/overlays'
import { draw } from '@/map/stage'

export type Filter = Omit<IncidentFilter, 'division'> & { division: string | null; status: string; light: Light | ''; q: string; open: boolean; similar: boolean }
export const VIEWS = ['list', 'hotspots', 'figures'] as const
export type View = (typeof VIEWS)[number]

const PAGE = 100
/** Marks are drawn of so many; the list says when there are more. */
export const MOST_DRAWN = 2000

const plain = (): Filter => ({ counted: null, first: null, last: null, division: null, category: null, handler: null, status: '', light: '', q: '', open: true, similar: false })
export const filter = reactive<Filter>(plain())
export const view = ref<View>('list')
export const limit = ref(PAGE)
export const creating = ref(false)
/** What an indicator's figure is called whose list is shown. */
export const countedAs = ref('')

const asked = (): Record<string, string | number | null> => ({
  ...filter, status: filter.status || null, light: filter.light || null, q: filter.q.trim() || null,
  open: filter.open ? 'true' : null, similar: filter.similar ? 'true' : null,
})

export const page = loading<IncidentPage>(() => get<IncidentPage>(`/api/incidents${query({ ...asked(), limit: limit.value })}`))

let waiting = 0
watch(filter, () => {
  limit.value = PAGE
  clearTimeout(waiting)
  waiting = window.setTimeout(() => void page.load(), 200)
})
watch(limit, () => void page.load())

/** The list that a figure counts: its filter and nothing else. */
export function openList(wanted: IncidentFilter, name: string): void {
  Object.assign(filter, plain(), { open: false }, wanted)
  countedAs.value = name
  view.value = 'list'
}

export function clearFilter(): void {
  Object.assign(filter, plain())
  countedAs.value = ''
}

export const more = (): void => { limit.value += PAGE }

/** Draws what is listed by its light, the urgent on top. */
export function drawList(items: readonly IncidentShort[]): void {
  draw('incidentLights', items.length ? {
    type: 'FeatureCollection',
    features: items.slice(0, MOST_DRAWN).map((each) => ({
      type: 'Feature', id: each.id, geometry: { type: 'Point', coordinates: [each.lon, each.lat] },
      properties: { light: each.light, code: each.code, rank: LIGHTS.length - LIGHTS.indexOf(each.light) },
    })),
  } : NOTHING)
}

/** The incident whose drawer is open. */
export const current = shallowRef<Incident | null>(null)
export const getIncident = (id: number): Promise<Incident> => get<Incident>(`/api/incidents/${id}`)

export type Words = Record<string, string | number | null>
export const act = ({ id, version }: Incident, name: string, words: Words): Promise<Incident> =>
  post<Incident>(`/api/incidents/${id}/acts/${name}`, { version, ...words })
export const answer = ({ id, version }: Incident, request: number, granted: boolean): Promise<Incident> =>
  post<Incident>(`/api/incidents/${id}/requests/${request}`, { version, granted })

export interface Report { category: string; source: string; lon: number; lat: number; description: string | null; address: string | null; key: string; photographs: number[] }
export const report = (said: Report): Promise<Incident> => post<Incident>('/api/incidents', said)
export const similar = (category: string, [lon, lat]: Position): Promise<Similar> => get<Similar>(`/api/incidents/similar${query({ category, lon, lat })}`)

export const categories = loading<Category[]>(async () => (await get<{ items: Category[] }>('/api/incidents/categories')).items)
export const handlers = loading<Handler[]>(async () => (await get<{ items: Handler[] }>('/api/incidents/handlers')).items)
export const knownCategories = computed(() => categories.value.value ?? [])

/** The last full month of the demonstration, or of today. */
export const period = reactive({ first: '', last: '' })
const iso = (day: Date): string => `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
export function startPeriod(newest: string | undefined): void {
  if (period.first) return
  const last = newest ? new Date(newest) : new Date()
  Object.assign(period, { first: iso(new Date(last.getFullYear(), last.getMonth(), 1)), last: iso(new Date(last.getFullYear(), last.getMonth() + 1, 0)) })
}

export const by = ref<'division' | 'category' | 'handler'>('division')
export const figures = loading<IncidentFigures>(() => get<IncidentFigures>(`/api/incidents/figures${query({ ...period, by: by.value })}`))

/** Puts a changed incident into the list without moving the others. */
export function keep(changed: Incident): void {
  current.value = changed
  const list = page.value.value
  if (list) page.value.value = { ...list, items: list.items.map((each) => (each.id === changed.id ? changed : each)) }
}
