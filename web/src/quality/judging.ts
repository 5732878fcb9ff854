/** The course of judging samples: which one, the verdict, and on to the next that waits. */
import { computed, ref, shallowRef } from 'vue'
import { type Problem, asProblem } from '@/api/client'
import type { MissedKind, Sample, SampleVerdict } from '@/api/types'
import { say, text } from '@/i18n'
import { tell } from '@/shell/notes'
import { getSample, judge, keep, samples, sampling } from './store'

export const busy = ref(false)
export const problem = shallowRef<Problem | null>(null)
const list = computed<Sample[]>(() => samples.value.value?.items ?? [])
export const place = computed(() => list.value.findIndex((each) => each.id === sampling.value))
export const total = computed(() => list.value.length)
export const current = computed<Sample | null>(() => list.value[place.value] ?? null)

export function go(by: 1 | -1): void {
  const next = list.value[place.value + by]
  if (next) sampling.value = next.id
}

/** The next one that waits, later in the list first; none left ends the sitting. */
function onward(): void {
  const waits = (each: Sample): boolean => each.verdict === null && !each.own_rejection
  const next = list.value.slice(place.value + 1).find(waits) ?? list.value.find(waits)
  if (next) sampling.value = next.id
  else {
    tell({ kind: 'ok', text: say('quality.done'), detail: say('quality.doneHint') })
    sampling.value = null
  }
}

/** Gives a verdict on the sample in view; a faster judge is told of, never written over. */
export async function decide(verdict: SampleVerdict, missed: number | null = null, kind: MissedKind | null = null): Promise<void> {
  const sample = current.value
  if (!sample || busy.value) return
  busy.value = true
  try {
    keep(await judge(sample, verdict, missed, kind))
    onward()
  } catch (reason) {
    await failed(asProblem(reason), sample)
  } finally {
    busy.value = false
  }
}

async function failed(refusal: Problem, sample: Sample): Promise<void> {
  const fresh = refusal.code === 'conflict' ? await getSample(sample.id).catch(() => null) : null
  if (fresh) keep(fresh)
  const words = fresh ? say('quality.conflict') : text(refusal.titles) || say(refusal.status === 0 ? 'errors.network' : 'errors.generic')
  tell({ kind: fresh ? 'warn' : 'danger', text: words, ...(fresh || !refusal.id ? {} : { detail: say('errors.id', { id: refusal.id }) }) })
}
