/** An upload that the page did not see the end of: remembered here so that it can be offered after a reload. */
import { ref, watch } from 'vue'
import type { FileKind } from '@/api/types'

export interface Unfinished {
  survey: number
  name: string
  files: { kind: FileKind; name: string; size: number; modified: number; sent: number }[]
}

const KEY = 'chengtu.upload'

function kept(): Unfinished | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Unfinished | null
  } catch {
    return null
  }
}

export const unfinished = ref<Unfinished | null>(kept())
watch(unfinished, (now) => {
  if (now) localStorage.setItem(KEY, JSON.stringify(now))
  else localStorage.removeItem(KEY)
}, { deep: true })

/** True where the chosen file is the one that was being sent. */
export const isSameFile = (file: { name: string; size: number }, wanted: { name: string; size: number }): boolean =>
  file.name === wanted.name && file.size === wanted.size
