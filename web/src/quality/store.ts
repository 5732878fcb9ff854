/** How good the detector is here, and the samples from which its recall is estimated. */
import { ref } from 'vue'
import { get, post, query } from '@/api/client'
import { loading } from '@/api/loading'
import type { Drawn, MissedKind, Quality, Sample, SamplePage, SampleVerdict } from '@/api/types'

const PAGE = 500

export const quality = loading<Quality>(() => get<Quality>('/api/quality'))
export const samples = loading<SamplePage>(() => get<SamplePage>(`/api/quality/samples${query({ state: 'waiting', limit: PAGE })}`))

/** The sample that is being judged; null outside judging. */
export const sampling = ref<number | null>(null)

export const draw = (empty: number, rejected: number): Promise<Drawn> => post<Drawn>('/api/quality/samples', { empty, rejected })

export const getSample = (id: number): Promise<Sample> => get<Sample>(`/api/quality/samples/${id}`)
export const judge = ({ id, version }: Sample, verdict: SampleVerdict, missed: number | null, kind: MissedKind | null): Promise<Sample> =>
  post<Sample>(`/api/quality/samples/${id}/judge`, { verdict, missed, missed_kind: kind, version })

export const MISSED_KINDS = ['new', 'extended', 'rebuilt', 'demolished', 'changed'] as const satisfies readonly MissedKind[]

/** Puts a judged sample back into the list without moving the others. */
export function keep(sample: Sample): void {
  const list = samples.value.value
  if (list) samples.value.value = { ...list, items: list.items.map((each) => (each.id === sample.id ? sample : each)) }
}
