/** The buildings I have to look at, nearest first; the last list is kept for where there is no network. */
import { computed, ref, shallowRef } from 'vue'
import { type Problem, asProblem, get, post, remove } from '@/api/client'
import type { Position, Task, TaskFull, TaskPage } from '@/api/types'
import { mayCheck, person } from '@/people/session'
import { place } from '../place'
import { bearingTo, metresBetween } from './distance'
import { keepList, keptList } from './keeping'

export const page = shallowRef<TaskPage | null>(null)
export const loading = ref(false)
export const problem = shallowRef<Problem | null>(null)
/** The list is the one that was kept: the server could not be reached. */
export const stale = ref(false)
/** When the server gave the list that is shown. */
export const at = ref<string | null>(null)

const here = computed<Position | null>(() => (place.value?.accuracy != null ? place.value.at : null))

export interface Near {
  task: Task
  metres: number | null
  bearing: number | null
}
export function nearOf(task: Task): Near {
  const to: Position = [task.lon, task.lat]
  return { task, metres: here.value ? metresBetween(here.value, to) : null, bearing: here.value ? bearingTo(here.value, to) : null }
}
export const near = computed<Near[]>(() => (page.value?.items ?? []).map(nearOf).toSorted((a, b) => (a.metres ?? 0) - (b.metres ?? 0)))

export async function loadTasks(): Promise<void> {
  const name = person.value?.name
  if (!name || !mayCheck.value) {
    page.value = null
    return
  }
  loading.value = true
  if (!page.value) { // a slow network keeps nobody waiting
    const kept = await keptList(name).catch(() => null)
    if (kept && person.value?.name === name) [page.value, at.value] = [kept.page, kept.at ?? null]
  }
  try {
    const answer = await get<TaskPage>('/api/site-checks/tasks')
    if (person.value?.name !== name) return // signed out meanwhile: nothing is shown or kept
    page.value = answer
    at.value = new Date().toISOString();
    [problem.value, stale.value] = [null, false]
    await keepList({ person: name, page: answer, at: at.value }).catch(() => undefined)
  } catch (reason) {
    const found = asProblem(reason)
    stale.value = !!page.value && found.status === 0
    problem.value = page.value ? null : found
  } finally {
    loading.value = false
  }
}

const changed = (full: TaskFull): void => {
  if (page.value) page.value = { ...page.value, items: page.value.items.map((each) => (each.id === full.id ? full : each)) }
}
export const oneTask = (id: number): Promise<TaskFull> => get<TaskFull>(`/api/site-checks/tasks/${id}`)
export async function claim(id: number): Promise<TaskFull> {
  const full = await post<TaskFull>(`/api/site-checks/tasks/${id}/claim`)
  changed(full)
  return full
}
export async function release(id: number): Promise<TaskFull> {
  const full = await remove<TaskFull>(`/api/site-checks/tasks/${id}/claim`)
  changed(full)
  return full
}
