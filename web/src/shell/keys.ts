/** Keyboard shortcuts: one listener, the most recent owner of a key wins. */
import { onBeforeUnmount, onMounted } from 'vue'

export type Keys = Record<string, (event: KeyboardEvent) => void>

const owners: Keys[] = []

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

const named = (event: KeyboardEvent): string => (event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key)

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (typing(event.target) && event.key !== 'Escape') return
  if (document.querySelector('.el-overlay:not([style*="display: none"])')) return
  const act = owners.findLast((keys) => keys[named(event)])?.[named(event)]
  if (!act) return
  event.preventDefault()
  act(event)
}
window.addEventListener('keydown', onKey)

/** Owns these keys while the component is on the page. Names: `a`, `?`, `[`, `Space`, `Escape`, `ArrowLeft`. */
export function useKeys(keys: Keys): void {
  onMounted(() => owners.push(keys))
  onBeforeUnmount(() => owners.splice(owners.indexOf(keys), 1))
}
