/** Short notes at the edge of the map: what happened, and a way on. */
import { shallowReactive } from 'vue'

export interface Note {
  id: number
  kind: 'ok' | 'warn' | 'danger'
  text: string
  detail?: string
  act?: { title: string; run: () => void }
}

export const notes = shallowReactive<Note[]>([])
let last = 0

export function dismiss(id: number): void {
  const place = notes.findIndex((note) => note.id === id)
  if (place >= 0) notes.splice(place, 1)
}

/** Shows a note for `seconds`; refusals stay longer, so that the id can be read. Its id, by which it can be dismissed. */
export function tell(note: Omit<Note, 'id'>, seconds = note.kind === 'ok' ? 6 : 14): number {
  const id = ++last
  notes.push({ ...note, id })
  if (notes.length > 3) notes.shift()
  setTimeout(() => dismiss(id), seconds * 1000)
  return id
}
