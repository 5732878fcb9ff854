/** Keeps the page and its address the same; back and forward work. */
import { nextTick, ref, watch } from 'vue'
import { reviewing } from '@/candidates/store'
import { select, selected } from '@/features/selection'
import { isVisible, tree, visible } from '@/layers/tree'
import { TABS, type Tab, narrow, shell, showTab } from '@/shell/state'
import { flight } from '@/surveys/store'
import { type Link, type View, readLink, writeLink } from './link'

/** Where the map looks; the map writes it, a link sets `asked`. */
export const view = ref<View | null>(null)
export const asked = ref<View | null>(null)

let applying = false

function current(): Link {
  return {
    view: view.value, layers: tree.visible ? visible.value : null, flight: flight.value, at: selected.value,
    review: reviewing.value, tab: shell.open && shell.tab !== 'layers' ? shell.tab : null,
  }
}

function apply(link: Link): void {
  applying = true
  if (link.view) asked.value = link.view
  if (link.layers) tree.visible = link.layers
  flight.value = link.flight
  select(link.at)
  reviewing.value = link.review
  if (TABS.includes(link.tab as Tab) && !narrow.value) showTab(link.tab as Tab)
  void nextTick(() => { applying = false })
}

/** Reads the address once, then follows both ways. A choice makes a step in the history; moving the map does not. */
export function followAddress(): void {
  apply(readLink(location.hash))
  window.addEventListener('popstate', () => apply(readLink(location.hash)))
  watch([selected, reviewing, flight], () => {
    if (!applying) history.pushState(null, '', writeLink(current()))
  })
  watch([view, visible, () => shell.tab, () => shell.open], () => {
    if (!applying && view.value) history.replaceState(null, '', writeLink(current()))
  })
}

/** The full address of one selected thing, to send to somebody. */
export function linkTo(at: Link['at']): string {
  const layers = at && !isVisible(at.layer) ? [...visible.value, at.layer] : visible.value
  return `${location.origin}${location.pathname}${writeLink({ ...current(), at, layers, review: null, tab: null })}`
}
