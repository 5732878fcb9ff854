/** The door to the server: JSON in, JSON out, problems as one error class. */
import type { Text } from './types'

/** A refusal by the server, or no answer at all (`status` 0, `code` "network"). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly titles: Text | null,
    readonly id: string | null,
  ) {
    super(`${status} ${code}`)
    this.name = 'Problem'
  }
}

interface ProblemBody {
  code?: string
  title_zh?: string
  title_en?: string
  id?: string
}

/** Reads an `application/problem+json` body; a body that is none gives a problem without a title. */
export function problemFrom(status: number, body: string): Problem {
  try {
    const read = JSON.parse(body) as ProblemBody
    const titles = read.title_zh ? { zh: read.title_zh, en: read.title_en ?? read.title_zh } : null
    return new Problem(status, read.code ?? `http_${status}`, titles, read.id ?? null)
  } catch {
    return new Problem(status, `http_${status}`, null, null)
  }
}

async function exchange(method: string, path: string, body?: unknown, signal?: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json', ...headers } }
  if (signal) init.signal = signal
  if (body !== undefined) {
    init.headers = { accept: 'application/json', 'content-type': 'application/json', ...headers }
    init.body = JSON.stringify(body)
  }
  const answer = await fetch(path, init).catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === 'AbortError') throw reason
    throw new Problem(0, 'network', null, null)
  })
  if (!answer.ok) throw problemFrom(answer.status, await answer.text())
  return answer
}

async function send<T>(...asked: Parameters<typeof exchange>): Promise<T> {
  const answer = await exchange(...asked)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => send<T>('GET', path, undefined, signal)
export const post = <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<T> => send<T>('POST', path, body, undefined, headers)
/** Changes what is named; the answer has no body. */
export const patch = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> => send<void>('PATCH', path, body, undefined, headers)
/** Makes something new and says where it is. */
export async function create(path: string, body: unknown): Promise<string> {
  return (await exchange('POST', path, body)).headers.get('location') ?? ''
}
export const put = <T>(path: string, body: unknown): Promise<T> => send<T>('PUT', path, body)
/** Sends a file as it is. */
export async function sendFile<T>(path: string, file: Blob, more: Record<string, string> = {}): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': 'application/octet-stream', ...more }
  const answer = await fetch(path, { method: 'POST', credentials: 'same-origin', headers, body: file }).catch(() => {
    throw new Problem(0, 'network', null, null)
  })
  if (!answer.ok) throw problemFrom(answer.status, await answer.text())
  return (await answer.json()) as T
}
/** A file that the server makes, with the name that it gives it. */
export async function fetchFile(path: string): Promise<{ blob: Blob; name: string; headers: Headers }> {
  const answer = await fetch(path, { credentials: 'same-origin' }).catch(() => {
    throw new Problem(0, 'network', null, null)
  })
  if (!answer.ok) throw problemFrom(answer.status, await answer.text())
  const said = answer.headers.get('content-disposition') ?? ''
  const coded = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1]
  const name = coded ? decodeURIComponent(coded) : (/filename="([^"]+)"/.exec(said)?.[1] ?? 'file')
  return { blob: await answer.blob(), name, headers: answer.headers }
}
export const remove = <T>(path: string, headers: Record<string, string> = {}): Promise<T> => send<T>('DELETE', path, undefined, undefined, headers)

/** `?a=1&b=2` of the values that are set. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '')
  const text = new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString()
  return text ? `?${text}` : ''
}

/** Makes a problem of whatever was thrown. */
export function asProblem(reason: unknown): Problem {
  return reason instanceof Problem ? reason : new Problem(0, 'page', null, null)
}
