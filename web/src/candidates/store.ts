/** Suspected structures: the filtered list, and the acts of a reviewer. */
import { reactive, ref } from 'vue'
import { get, post, query } from '@/api/client'
import { loading } from '@/api/loading'
import type { Candidate, CandidateKind, CandidatePage, CandidateStatus } from '@/api/types'

export type Sort = 'priority' | 'confidence' | 'area' | 'code'

export interface Filter {
  status: CandidateStatus | ''
  kind: CandidateKind | ''
  survey: number | ''
  /** The code of a township. */
  division: string
  min_area_m2: number | ''
  sort: Sort
  /** Those in the queue, or only those that were set aside. */
  dismissed: 'exclude' | 'only'
}

const PAGE = 200

export const filter = reactive<Filter>({ status: 'pending', kind: '', survey: '', division: '', min_area_m2: '', sort: 'priority', dismissed: 'exclude' })
export const limit = ref(PAGE)
export const page = loading<CandidatePage>(() => get<CandidatePage>(`/api/candidates${query({ ...filter, limit: limit.value })}`))

/** The suspicion under review; null outside review. */
export const reviewing = ref<number | null>(null)

export const getCandidate = (id: number): Promise<Candidate> => get<Candidate>(`/api/candidates/${id}`)

export const accept = ({ id, version }: Candidate): Promise<Candidate> =>
  post<Candidate>(`/api/candidates/${id}/review`, { verdict: 'accept', version })
export const reject = ({ id, version }: Candidate, reason: string, note: string): Promise<Candidate> =>
  post<Candidate>(`/api/candidates/${id}/review`, { verdict: 'reject', reason, note: note || null, version })
export const undo = ({ id, version }: Candidate): Promise<Candidate> =>
  post<Candidate>(`/api/candidates/${id}/undo`, { version })
export const redraw = ({ id, version }: Candidate, outline: GeoJSON.Geometry): Promise<Candidate> =>
  post<Candidate>(`/api/candidates/${id}/redraw`, { outline, version })
/** The kept one of all that were merged. */
export const merge = ({ id, version }: Candidate, others: Candidate[]): Promise<Candidate> =>
  post<Candidate>(`/api/candidates/${id}/merge`, { others: others.map((each) => ({ id: each.id, version: each.version })), version })
export const neighbours = async (id: number): Promise<Candidate[]> => (await get<{ items: Candidate[] }>(`/api/candidates/${id}/neighbours`)).items
/** All parts, that with the former number first. */
export const split = async ({ id, version }: Candidate, line: GeoJSON.Geometry): Promise<Candidate[]> =>
  (await post<{ items: Candidate[] }>(`/api/candidates/${id}/split`, { line, version })).items
export const putBack = ({ id, version }: Candidate): Promise<Candidate> =>
  post<Candidate>(`/api/candidates/${id}/put-back`, { version })

export const REASONS = [
  'shadow', 'vehicle', 'tarpaulin', 'crop', 'permitted', 'not_building', 'misaligned', 'duplicate', 'other',
] as const
export type Reason = (typeof REASONS)[number]

/** Puts a candidate that changed back into the list without moving the others. */
export function keep(candidate: Candidate): void {
  const list = page.value.value
  if (!list) return
  page.value.value = { ...list, items: list.items.map((each) => (each.id === candidate.id ? candidate : each)) }
}

export function more(): Promise<void> {
  limit.value += PAGE
  return page.load()
}
