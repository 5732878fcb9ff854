/** The queue of this reviewer: what is handed out next, for how long it is held, and how far one got. */
import { computed, ref, shallowRef, watch } from 'vue'
import { asProblem, get, post, query } from '@/api/client'
import { loading } from '@/api/loading'
import type { Candidate, Held, Handed, Progress } from '@/api/types'
import { say, text } from '@/i18n'
import { mayReview } from '@/people/session'
import { surveyOf } from '@/surveys/store'
import { prefetch } from './prefetch'
import { filter, reviewing } from './store'

const RENEW_MS = 120_000
/** The figures beside the queue need no more than this. */
const FIGURES_MS = 15_000

/** The list shows what waits, so review goes through the queue; other lists are merely looked through. */
export const queueing = computed(() => mayReview.value && filter.dismissed === 'exclude' && (filter.status === 'pending' || filter.status === 'second'))
/** The suspicion kept for this reviewer after the one in view. */
export const ahead = shallowRef<Candidate | null>(null)
/** Nothing else waits for this reviewer. */
export const finished = ref(false)
/** Who else is at work on the one in view, in words. */
export const heldBy = ref<string | null>(null)

const wanted = () => ({
  survey: filter.survey || null, division: filter.division || null, kind: filter.kind || null, min_area_m2: filter.min_area_m2 || null,
})
export const progress = loading<Progress>(() => get<Progress>(`/api/review/progress${query(wanted())}`))
let counted = 0
export function count(): void {
  if (!mayReview.value || performance.now() - counted < FIGURES_MS) return
  counted = performance.now()
  void progress.load()
}

let turn = 0
/** The next one behind `after`, or the first; null when nothing waits, undefined when a later question overtook this. */
export async function handOut(after: number | null): Promise<Candidate | null | undefined> {
  const mine = ++turn
  const handed = await post<Handed>('/api/review/next', { ...wanted(), after })
  if (mine !== turn) return undefined
  ahead.value = handed.ahead
  finished.value = handed.item === null
  if (handed.ahead) prefetch(handed.ahead, surveyOf)
  count()
  return handed.item
}

/** Takes one of one's own choice; where somebody else has it, that is said and it can only be looked at. */
export async function take(id: number): Promise<void> {
  heldBy.value = null
  if (!mayReview.value) return
  try {
    await post<Held>('/api/review/hold', { candidate: id })
  } catch (reason) {
    const refusal = asProblem(reason)
    if (reviewing.value === id && refusal.code === 'held') heldBy.value = text(refusal.titles) || say('review.held')
  }
}

/** All that was held is free for others again; also when the page is closed, which a plain request would not survive. */
function leave(): void {
  turn++
  ahead.value = null
  heldBy.value = null
  finished.value = false
  if (mayReview.value) void fetch('/api/review/leave', { method: 'POST', credentials: 'same-origin', keepalive: true }).catch(() => undefined)
}

watch(reviewing, (id, before) => { if (id === null && before !== null) leave() })
window.addEventListener('pagehide', () => { if (reviewing.value !== null) leave() })
setInterval(() => {
  if (reviewing.value === null || heldBy.value !== null || document.hidden) return
  for (const id of [reviewing.value, ahead.value?.id]) if (id !== undefined) void take(id)
}, RENEW_MS)
