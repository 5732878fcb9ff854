/** Outlines changed in review: drawn anew, cut, merged with neighbours; each is taken back with Z. */
import { ref, shallowRef } from 'vue'
import type { Candidate } from '@/api/types'
import { say } from '@/i18n'
import { tell } from '@/shell/notes'
import { begin, clear, complete, drawn, tool } from './drawing'
import { act, current } from './judging'
import { merge, neighbours, page, redraw, reviewing, split } from './store'

/** What the one in view can be merged with, and which of these are chosen. */
export const beside = shallowRef<Candidate[]>([])
export const chosen = ref<number[]>([])

export async function startMerge(): Promise<void> {
  const at = current.value
  if (!at) return
  begin('merge')
  beside.value = []
  chosen.value = []
  const found = await neighbours(at.id).catch(() => [])
  if (reviewing.value !== at.id || tool.value !== 'merge') return
  beside.value = found
  chosen.value = found.map(({ id }) => id)
}

export function choose(id: number): void {
  chosen.value = chosen.value.includes(id) ? chosen.value.filter((each) => each !== id) : [...chosen.value, id]
}

async function mergeChosen(): Promise<void> {
  const others = beside.value.filter(({ id }) => chosen.value.includes(id))
  if (!others.length) return
  const done = await act((candidate) => merge(candidate, others))
  if (!done) return
  clear()
  // the one that was seen first is kept, and that need not be the one in view
  reviewing.value = done.id
  tell({ kind: 'ok', text: say('review.merged', { code: done.code, n: others.length + 1 }) }, 6)
  void page.load()
}

/** Sends what is drawn or chosen. */
export async function finish(): Promise<void> {
  if (tool.value === 'merge') return mergeChosen()
  const shape = drawn.value
  if (!shape || !complete.value) return
  if (tool.value === 'redraw') {
    const done = await act((candidate) => redraw(candidate, shape))
    if (!done) return
    tell({ kind: 'ok', text: say('review.redrawn', { code: done.code }) }, 6)
  } else {
    let parts: Candidate[] = []
    const done = await act(async (candidate) => {
      parts = await split(candidate, shape)
      return parts[0]!
    })
    if (!done) return
    tell({ kind: 'ok', text: say('review.parted', { n: parts.length, codes: parts.map(({ code }) => code).join(say('review.comma')) }) }, 8)
    void page.load()
  }
  clear()
}
