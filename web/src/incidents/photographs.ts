/** Photographs of incidents: hashed when they are chosen, sent as they are, joined by their numbers. */
import { post, sendFile } from '@/api/client'
import { contentDigest, sha256 } from '@/api/hash'
import type { Incident, PhotographAnswer } from '@/api/types'

/** What browsers show and the server takes; HEIC it does not. */
export const TYPES = 'image/jpeg,image/png,image/webp'
export const MOST = 20

/** `id`: its number once the server has it. */
export interface Chosen {
  key: number
  file: Blob
  name: string
  url: string
  digest: Uint8Array | null
  id: number | null
}

let last = 0
/** The bytes are read once and hashed at once; those very bytes are sent. */
export async function choose(file: File): Promise<Chosen> {
  const bytes = await file.arrayBuffer()
  const blob = new Blob([bytes], { type: file.type })
  return { key: ++last, file: blob, name: file.name, url: URL.createObjectURL(blob), digest: await sha256(bytes), id: null }
}

/** Sends what has not arrived yet; all their numbers. Throws the server's problem. */
export async function sendAll(chosen: readonly Chosen[]): Promise<number[]> {
  for (const each of chosen) {
    each.id ??= (await sendFile<PhotographAnswer>('/api/photographs', each.file, each.digest ? { 'content-digest': contentDigest(each.digest) } : {})).id
  }
  return chosen.map((each) => each.id!)
}

export const attach = (incident: number, photographs: number[]): Promise<Incident> => post<Incident>(`/api/incidents/${incident}/photographs`, { photographs })
