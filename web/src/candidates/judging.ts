/** The course of a review: which one, the verdict, what to say, and what to do when somebody was faster. */
import { computed, ref, shallowRef } from 'vue'
import { type Problem, asProblem } from '@/api/client'
import type { Candidate } from '@/api/types'
import { select } from '@/features/selection'
import { say, text } from '@/i18n'
import { formatMoment } from '@/i18n/format'
import { localeTag } from '@/i18n'
import { catalogue } from '@/layers/catalogue'
import { isVisible, show } from '@/layers/tree'
import { person } from '@/people/session'
import { tell } from '@/shell/notes'
import { clear } from './drawing'
import { ahead, finished, handOut, heldBy, queueing, take } from './queue'
import { type Reason, accept, getCandidate, keep, page, putBack, reject, reviewing, undo } from './store'

export const current = shallowRef<Candidate | null>(null)
export const problem = shallowRef<Problem | null>(null)
export const busy = ref(false)
export const conflict = shallowRef<Candidate | null>(null)
/** What was judged in this sitting, latest last, for undo. */
const judged = ref<number[]>([])
/** What was in view in this sitting, in that order: the way back. */
const trail = ref<number[]>([])

const list = computed(() => page.value.value?.items ?? [])
export const place = computed(() => list.value.findIndex((each) => each.id === reviewing.value))
export const total = computed(() => list.value.length)
/** Only who did it takes it back; an administrator may for others. */
const mine = (candidate: Candidate | null): boolean => !!candidate?.last_act && (candidate.last_act.name === person.value?.name || !!person.value?.roles.includes('administrator'))
export const mayUndo = computed(() => judged.value.length > 0 || mine(current.value))
export const mayGoBack = computed(() => (queueing.value ? trail.value.indexOf(reviewing.value ?? -1) > 0 : place.value > 0))
export const mayGoOn = computed(() => (queueing.value ? !finished.value : place.value >= 0 && place.value < total.value - 1))

export async function look(id: number): Promise<void> {
  conflict.value = null
  if (!trail.value.includes(id)) trail.value.push(id)
  if (fresh?.id === id) {
    [current.value, problem.value, fresh, heldBy.value] = [fresh, null, null, null]
    return
  }
  current.value = list.value.find((each) => each.id === id) ?? current.value
  if (queueing.value) void take(id)
  try {
    const found = await getCandidate(id)
    if (reviewing.value === id) [current.value, problem.value] = [found, null]
    keep(found)
  } catch (reason) {
    if (reviewing.value === id) problem.value = asProblem(reason)
  }
}

/** What the queue handed out is as new as can be, and held already. */
let fresh: Candidate | null = null
function bringUp(candidate: Candidate): void {
  if (reviewing.value === candidate.id) {
    current.value = candidate
    return
  }
  fresh = candidate
  reviewing.value = candidate.id
}

/** Shows the one behind `id` in the queue: at once where it was kept, and as the server hands it out. */
async function forward(id: number | null): Promise<void> {
  clear()
  const kept = ahead.value
  if (kept && kept.id !== id) bringUp(kept)
  try {
    const item = await handOut(id)
    if (item) bringUp(item)
    else if (item === null) finished.value = true
  } catch (reason) {
    tellRefusal(asProblem(reason))
  }
}

/** Begins with the first one of the queue; false where nothing waits. */
export async function begin(): Promise<boolean> {
  trail.value = []
  ahead.value = null
  await forward(null)
  return reviewing.value !== null
}

export function go(by: 1 | -1): void {
  clear()
  if (!queueing.value) {
    const next = list.value[place.value + by]
    if (next) reviewing.value = next.id
    return
  }
  const seen = trail.value[trail.value.indexOf(reviewing.value ?? -1) + by]
  if (seen !== undefined) reviewing.value = seen
  else if (by > 0) void forward(reviewing.value)
}

/** The next one that waits for a verdict, later in the list first. */
function onward(): void {
  if (queueing.value) {
    void forward(reviewing.value)
    return
  }
  const waits = (each: Candidate): boolean => each.status === 'pending' && each.id !== reviewing.value
  const next = list.value.slice(place.value + 1).find(waits) ?? list.value.find(waits)
  if (next) reviewing.value = next.id
}

/** Looks again; true where it is no longer the version that was judged. */
async function faster({ id, version }: Candidate): Promise<boolean> {
  await look(id)
  const overtaken = current.value?.id === id && current.value.version !== version
  if (overtaken) conflict.value = current.value
  return overtaken
}

async function failed(reason: unknown, candidate: Candidate): Promise<void> {
  const refusal = asProblem(reason)
  if (refusal.code === 'conflict' && (await faster(candidate))) return
  tellRefusal(refusal)
}

function tellRefusal(refusal: Problem): void {
  const detail = refusal.id ? say('errors.id', { id: refusal.id }) : say('errors.networkHint')
  tell({ kind: 'danger', text: text(refusal.titles) || say(refusal.status === 0 ? 'errors.network' : 'errors.generic'), detail })
}

/** Runs one act on the current suspicion; nothing is written over what another person wrote meanwhile. */
export async function act(how: (candidate: Candidate) => Promise<Candidate>): Promise<Candidate | null> {
  const candidate = current.value
  if (!candidate || busy.value) return null
  busy.value = true
  try {
    const done = await how(candidate)
    keep(done)
    if (reviewing.value === candidate.id || reviewing.value === done.id) current.value = done
    conflict.value = null
    void catalogue.load()
    return done
  } catch (reason) {
    await failed(reason, candidate)
    return null
  } finally {
    busy.value = false
  }
}

export function openBuilding(id: number): void {
  if (!isVisible('illegal_buildings')) show('illegal_buildings', true)
  reviewing.value = null
  select({ layer: 'illegal_buildings', id })
}

export async function acceptCurrent(): Promise<void> {
  const done = await act(accept)
  if (!done) return
  judged.value.push(done.id)
  const building = done.illegal_building
  const way = building ? { act: { title: say('review.seeBuilding', { code: building.code }), run: () => openBuilding(building.id) } } : {}
  if (done.status === 'second') tell({ kind: 'ok', text: say(done.contested ? 'review.toThird' : 'review.toSecond', { code: done.code }) }, 4)
  else tell({ kind: 'ok', text: say(building ? 'review.accepted' : 'review.acceptedOnly', { code: done.code }), ...way }, 12)
  onward()
}

export async function rejectCurrent(reason: Reason): Promise<void> {
  const done = await act((candidate) => reject(candidate, reason, ''))
  if (!done) return
  judged.value.push(done.id)
  if (done.status === 'second') tell({ kind: 'ok', text: say(done.contested ? 'review.toThird' : 'review.toSecond', { code: done.code }) }, 4)
  else tell({ kind: 'ok', text: say('review.rejected', { code: done.code, reason: say(`review.reasons.${reason}`) }) }, 4)
  onward()
}

/** Takes back the verdict on the one in view, else the last one given in this sitting. */
export async function undoLast(): Promise<void> {
  if (!mine(current.value)) {
    const last = judged.value.at(-1)
    if (last === undefined) return void tell({ kind: 'warn', text: say('review.nothingToUndo') }, 3)
    reviewing.value = last
    await look(last)
  }
  const done = await act(undo)
  if (!done) return
  judged.value = judged.value.filter((id) => id !== done.id)
  tell({ kind: 'ok', text: say('review.undone', { code: done.code }) }, 4)
}

const toldPutBack = ({ code }: Candidate): void => void tell({ kind: 'ok', text: say('candidates.putBackDone', { code }) }, 5)

/** Back into the queue; it stays in view, to be judged. */
export async function putBackCurrent(): Promise<void> {
  const done = await act(putBack)
  if (done) toldPutBack(done)
}

/** Back into the queue from the list, without opening it. */
export async function putBackListed(candidate: Candidate): Promise<void> {
  try {
    toldPutBack(await putBack(candidate))
  } catch (reason) {
    await failed(reason, candidate)
  }
  await page.load()
}

export const lastVerdict = (candidate: Candidate): string => {
  const review = candidate.reviews.toSorted((a, b) => a.at.localeCompare(b.at)).at(-1)
  const status = say(`candidates.statuses.${candidate.status}`)
  return review ? say('review.already', { status, by: review.by, at: formatMoment(review.at, localeTag.value) }) : status
}
