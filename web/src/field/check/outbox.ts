/** What waits to be sent: sent one by one when there is a network, again and again with longer pauses, kept until confirmed. */
import { computed, ref, shallowReactive, watch } from 'vue'
import { Problem, asProblem, post, sendFile } from '@/api/client'
import type { FoundIn, PhotographAnswer, SiteCheckFull, Task } from '@/api/types'
import { say } from '@/i18n'
import { person, signingIn } from '@/people/session'
import { tell } from '@/shell/notes'
import { place } from '../place'
import { contentDigest, sha256 } from '@/api/hash'
import { type Draft, type Shot, drafts as keptDrafts, dropShot, forget, keepDraft, keepShot, shots as keptShots } from './keeping'
import { loadTasks } from './tasks'

export const drafts = shallowReactive(new Map<string, Draft>())
export const shots = shallowReactive(new Map<string, Shot>())
export const sending = ref(false)
export const online = ref(navigator.onLine)

const mine = computed(() => [...drafts.values()].filter((each) => each.person === person.value?.name))
export const waiting = computed(() => mine.value.filter((each) => each.state === 'waiting'))
export const unsent = computed(() => mine.value.filter((each) => each.state !== 'draft'))
export const draftOf = (task: number): Draft | null => mine.value.find((each) => each.task.id === task) ?? null
export const shotsOf = (clientId: string): Shot[] => [...shots.values()].filter((each) => each.clientId === clientId).toSorted((a, b) => a.at.localeCompare(b.at))

/** Random by the browser's own generator; crypto.randomUUID is missing over plain http. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const text = [...bytes].map((each) => each.toString(16).padStart(2, '0')).join('')
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}

/** Brings back what was kept before the page was closed. */
export async function reopen(): Promise<void> {
  for (const each of await keptDrafts()) drafts.set(each.clientId, each)
  for (const each of await keptShots()) shots.set(each.key, each)
}

export async function change(task: Task, values: Partial<Draft>): Promise<Draft> {
  const empty: Draft = {
    clientId: uuid(), person: person.value?.name ?? '', task, state: 'draft', refusal: null, conclusion: null, checkedAt: null, place: null,
    length: '', width: '', area: '', height: '', storeys: '', use: '', material: '', note: '',
  }
  const next = { ...(draftOf(task.id) ?? empty), ...values }
  drafts.set(next.clientId, next)
  await keepDraft(next)
  return next
}

/** A photograph comes in: its bytes are read once, hashed at once, and those very bytes are kept. */
export async function addShot(task: Task, file: File): Promise<void> {
  const bytes = await file.arrayBuffer()
  const digest = await sha256(bytes)
  const { clientId } = await change(task, {})
  const shot: Shot = { key: uuid(), clientId, blob: new Blob([bytes], { type: file.type }), digest, at: new Date().toISOString(), id: null }
  await keepShot(shot)
  shots.set(shot.key, shot)
}

export async function removeShot(key: string): Promise<void> {
  await dropShot(key)
  shots.delete(key)
}

/** Hands the answers over for sending; the time of the check is now. */
export async function submit(task: Task): Promise<void> {
  const at = place.value?.accuracy != null && place.value.accuracy <= 200 ? place.value.at : null
  const known = draftOf(task.id)
  await change(task, { state: 'waiting', refusal: null, checkedAt: known?.checkedAt ?? new Date().toISOString(), place: at ?? known?.place ?? null })
  void send()
}

const number = (typed: string): number | null => (typed.trim() && Number.isFinite(Number(typed)) ? Number(typed) : null)

async function sendOne(draft: Draft): Promise<void> {
  const own = shotsOf(draft.clientId)
  const numbers: number[] = []
  for (const shot of own) {
    let { id } = shot
    if (id === null) {
      id = (await sendFile<PhotographAnswer>('/api/photographs', shot.blob, shot.digest ? { 'content-digest': contentDigest(shot.digest) } : {})).id
      const sent = { ...shot, id }
      shots.set(shot.key, sent)
      await keepShot(sent)
    }
    numbers.push(id)
  }
  const said: FoundIn = {
    client_id: draft.clientId, illegal_building_id: draft.task.id, conclusion: draft.conclusion!, checked_at: draft.checkedAt!,
    sent_at: new Date().toISOString(), photographs: numbers, place: draft.place, length_m: number(draft.length), width_m: number(draft.width),
    area_m2: number(draft.area), height_m: number(draft.height), storeys: number(draft.storeys), use: draft.use || null, material: draft.material || null,
    note: draft.note.trim() || null,
  }
  await post<SiteCheckFull>('/api/site-checks', said)
  await forget(draft.clientId, own.map((each) => each.key))
  drafts.delete(draft.clientId)
  for (const each of own) shots.delete(each.key)
}

const FIRST_PAUSE_S = 4
const LONGEST_PAUSE_S = 300
let pause = FIRST_PAUSE_S
let timer: ReturnType<typeof setTimeout> | undefined

/** True where trying again by itself may help: no network, a server in trouble, or a sign-in that has ended. */
const passing = ({ status }: Problem): boolean => status === 0 || status === 401 || status === 429 || status >= 500

export async function send(): Promise<void> {
  if (sending.value || !waiting.value.length) return
  clearTimeout(timer)
  sending.value = true
  let arrived = 0
  try {
    for (const draft of waiting.value) {
      try {
        await sendOne(draft)
        arrived += 1
        tell({ kind: 'ok', text: say('check.arrived', { code: draft.task.code }) })
      } catch (reason) {
        if (!(reason instanceof Problem)) { // the phone could not write down what had arrived; nothing is lost
          tell({ kind: 'danger', text: say('check.keepFailed'), detail: say('check.keepFailedHint') })
          return
        }
        const refusal = asProblem(reason)
        if (passing(refusal)) {
          if (refusal.status === 401) signingIn.value = true
          timer = setTimeout(() => void send(), pause * 1000)
          pause = Math.min(LONGEST_PAUSE_S, pause * 2)
          return
        }
        await change(draft.task, { state: 'refused', refusal: refusal.titles })
        tell({ kind: 'danger', text: say('check.refusedNote', { code: draft.task.code }) })
      }
    }
    pause = FIRST_PAUSE_S
  } finally {
    sending.value = false
    if (arrived) void loadTasks()
  }
}

/** Begins to send by itself: now, when the network comes back, and when somebody signs in. */
export function startSending(): void {
  const again = (): void => {
    online.value = navigator.onLine
    pause = FIRST_PAUSE_S
    if (online.value) void send()
  }
  addEventListener('online', again)
  addEventListener('offline', () => { online.value = false })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) again() })
  watch(person, again)
}
