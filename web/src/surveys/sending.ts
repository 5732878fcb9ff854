/** The upload under way, kept outside the dialog so that closing it does not stop it. */
import { computed, ref, shallowRef, watch } from 'vue'
import { type Problem, asProblem } from '@/api/client'
import type { FileKind, Survey } from '@/api/types'
import { say } from '@/i18n'
import { boundsOf } from '@/map/bounds'
import { collection } from '@/map/overlays'
import { draw, zoomToBounds } from '@/map/stage'
import { tell } from '@/shell/notes'
import { showTab, uploading } from '@/shell/state'
import { createSurvey, getSurvey, keep, surveyOf } from './store'
import { HASHABLE, type Transfer, newTransfer, send } from './transfer'
import { unfinished } from './unfinished'

export interface Wish {
  name: string
  flownOn: string
  files: { kind: FileKind; file: File }[]
  checked: boolean
}

export const transfers = ref<Transfer[]>([])
export const refusal = shallowRef<Problem | null>(null)
export const surveyId = ref<number | null>(null)
export const sending = ref(false)
export const survey = computed<Survey | null>(() => (surveyId.value === null ? null : surveyOf(surveyId.value)))

/** The last one sent from this page: where it lies is shown on the map as soon as the server knows. */
const followed = ref<number | null>(null)
watch(() => (followed.value === null ? null : surveyOf(followed.value)?.footprint), (footprint) => {
  const bounds = boundsOf(footprint)
  if (!footprint || !bounds) return
  draw('footprint', collection(footprint))
  zoomToBounds(bounds)
})

export function startOver(): void {
  transfers.value = []
  refusal.value = null
  surveyId.value = null
}

function remember(id: number, name: string): void {
  unfinished.value = {
    survey: id, name,
    files: transfers.value.map(({ kind, file, sent }) => ({ kind, name: file.name, size: file.size, modified: file.lastModified, sent })),
  }
}

watch(transfers, (now) => {
  if (!unfinished.value || !now.length) return
  unfinished.value.files = unfinished.value.files.map((file) => ({ ...file, sent: now.find((each) => each.kind === file.kind)?.sent ?? file.sent }))
}, { deep: true })

async function sendAll(id: number, checked: boolean): Promise<Problem | null> {
  for (const transfer of transfers.value) {
    const problem = await send(transfer, id, checked && transfer.file.size <= HASHABLE)
    if (problem) return problem
  }
  return null
}

/** True where going on with the same upload makes sense: the connection broke, nothing was refused. */
export const mayGoOn = computed(() => refusal.value !== null && (refusal.value.status === 0 || refusal.value.status >= 500 || refusal.value.status === 401))

/** Makes way for the list, where each stage is told. */
function finish(id: number): void {
  followed.value = id
  uploading.value = false
  showTab('surveys')
  tell({ kind: 'ok', text: say('upload.done') })
}

/** Announces the survey (or goes on with the one that was announced) and sends its files. */
export async function begin(wish: Wish, known: number | null): Promise<void> {
  sending.value = true
  refusal.value = null
  transfers.value = wish.files.map(({ kind, file }) => newTransfer(kind, file))
  try {
    const id = known ?? (await createSurvey(wish.name, wish.flownOn, wish.files.map(({ kind }) => kind))).id
    surveyId.value = id
    remember(id, wish.name)
    refusal.value = await sendAll(id, wish.checked)
    if (!refusal.value || !mayGoOn.value) unfinished.value = null
    keep(await getSurvey(id))
    if (!refusal.value) finish(id)
  } catch (reason) {
    refusal.value = asProblem(reason)
  } finally {
    sending.value = false
  }
}

/** Goes on after a broken connection. */
export async function goOn(checked: boolean): Promise<void> {
  if (surveyId.value === null) return
  const files = transfers.value.map(({ kind, file }) => ({ kind, file }))
  await begin({ name: unfinished.value?.name ?? '', flownOn: '', files, checked }, surveyId.value)
}
