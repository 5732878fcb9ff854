/** Files that are brought into layers: sent, rehearsed by the server, looked at, confirmed, undone. */
import { ref } from 'vue'
import { Problem, get, post, problemFrom, query, remove } from '@/api/client'
import { loading } from '@/api/loading'
import type { Import, ImportFault, ImportPreview, Imports } from '@/api/types'

export const imports = loading<Imports>(() => get<Imports>('/api/imports'))

/** The import whose report is open; null while the list is. */
export const opened = ref<number | null>(null)

export const isRunning = ({ status }: Import): boolean => status === 'queued' || status === 'checking' || status === 'storing'

export const getFaults = (id: number, limit: number, offset = 0): Promise<ImportFault[]> => get<ImportFault[]>(`/api/imports/${id}/faults${query({ limit, offset })}`)
export const getPreview = (id: number): Promise<ImportPreview> => get<ImportPreview>(`/api/imports/${id}/preview`)
export const faultFile = (id: number, kind: 'csv' | 'xlsx'): string => `/api/imports/${id}/faults.${kind}`
export const confirm = (id: number, soundRows: boolean): Promise<Import> => post<Import>(`/api/imports/${id}/confirm`, { sound_rows: soundRows })
export const discard = (id: number): Promise<void> => remove<void>(`/api/imports/${id}`)
export const undo = (id: number): Promise<Import> => post<Import>(`/api/imports/${id}/undo`)

/** Puts an import into the list, in place of what was known of it. */
export function keep(made: Import): void {
  const list = imports.value.value
  if (!list) return
  const known = list.items.some((each) => each.id === made.id)
  const items = known ? list.items.map((each) => (each.id === made.id ? made : each)) : [made, ...list.items]
  imports.value.value = { ...list, items }
}

/** Sends a file as it lies on the disk; `tell` hears which share has left. */
export function send(layer: string, file: File, tell: (share: number) => void): Promise<Import> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/imports${query({ layer, name: file.name })}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = (event) => { if (event.lengthComputable) tell(event.loaded / event.total) }
    request.onload = () => (request.status < 300 ? done(JSON.parse(request.responseText) as Import) : fail(problemFrom(request.status, request.responseText)))
    request.onerror = () => fail(new Problem(0, 'network', null, null))
    request.send(file)
  })
}
