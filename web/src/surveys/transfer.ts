/** Sends one file by tus: pauses, resumes, and goes on after the page was closed (same file, same survey). */
import { DetailedError, Upload } from 'tus-js-client'
import { computed, reactive, shallowRef } from 'vue'
import { type Problem, asProblem, problemFrom } from '@/api/client'
import type { FileKind } from '@/api/types'

const CHUNK = 8 * 1024 * 1024

export interface Transfer {
  kind: FileKind
  file: File
  sent: number
  state: 'waiting' | 'hashing' | 'running' | 'paused' | 'done' | 'failed'
  retrying: boolean
  problem: Problem | null
}

export const newTransfer = (kind: FileKind, file: File): Transfer =>
  reactive({ kind, file, sent: 0, state: 'waiting', retrying: false, problem: null })

/** Hex SHA-256 of the file. The browser has no streaming digest, so it is offered for files up to 1 GiB. */
export const HASHABLE = 1024 ** 3
export async function sha256(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function refusalOf(reason: Error): Problem {
  const answer = reason instanceof DetailedError ? reason.originalResponse : null
  return answer ? problemFrom(answer.getStatus(), answer.getBody()) : asProblem(reason)
}

const current = shallowRef<Upload | null>(null)
const active = shallowRef<Transfer | null>(null)
export const paused = computed(() => active.value?.state === 'paused')

/** The same name, size, time, survey and kind are the same upload. */
const fingerprint = (file: File, survey: number, kind: FileKind): string =>
  ['chengtu', survey, kind, file.name, file.size, file.lastModified].join('-')

function options(transfer: Transfer, survey: number, digest: string | null, settle: (problem: Problem | null) => void): Upload['options'] {
  const { file, kind } = transfer
  const metadata: Record<string, string> = { filename: file.name, survey: String(survey), kind }
  if (digest) metadata.sha256 = digest
  return {
    endpoint: '/uploads', chunkSize: CHUNK, retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000, 30_000],
    metadata, fingerprint: () => Promise.resolve(fingerprint(file, survey, kind)), removeFingerprintOnSuccess: true,
    onProgress: (sent) => Object.assign(transfer, { sent, retrying: false }),
    onShouldRetry: (reason) => {
      const status = reason.originalResponse?.getStatus() ?? 0
      const worth = status === 0 || status === 409 || status === 423 || status === 429 || status >= 500
      transfer.retrying = worth
      return worth
    },
    onSuccess: () => settle(null),
    onError: (reason) => settle(refusalOf(reason)),
  }
}

/** Sends the whole file; the promise ends with what was wrong, or null. Waits while paused. */
export async function send(transfer: Transfer, survey: number, checked: boolean): Promise<Problem | null> {
  transfer.state = checked ? 'hashing' : 'running'
  const digest = checked ? await sha256(transfer.file) : null
  const problem = await new Promise<Problem | null>((settle) => {
    const upload = new Upload(transfer.file, options(transfer, survey, digest, settle))
    current.value = upload
    active.value = transfer
    transfer.state = 'running'
    void upload.findPreviousUploads().then(([earlier]) => {
      if (earlier) upload.resumeFromPreviousUpload(earlier)
      upload.start()
    })
  })
  Object.assign(transfer, { state: problem ? 'failed' : 'done', problem, retrying: false })
  if (!problem) transfer.sent = transfer.file.size
  current.value = null
  return problem
}

export async function pause(): Promise<void> {
  await current.value?.abort()
  if (active.value) active.value.state = 'paused'
}

export function resume(): void {
  if (active.value) active.value.state = 'running'
  current.value?.start()
}
