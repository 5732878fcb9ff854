/** What of the page is open, and how wide; remembered on this device. */
import { reactive, ref, watch } from 'vue'

export const TABS = ['layers', 'candidates', 'cases', 'surveys', 'incidents', 'statistics', 'imports'] as const
export type Tab = (typeof TABS)[number]

const KEY = 'chengtu.shell'
const defaults = { tab: 'layers' as Tab, open: true, left: 320, right: 360, wide: 520 }

function kept(): typeof defaults {
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<typeof defaults>) }
  } catch {
    return { ...defaults }
  }
}

export const shell = reactive(kept())
watch(shell, () => localStorage.setItem(KEY, JSON.stringify(shell)))

/** True on a screen as narrow as a phone: panels become one bottom sheet. */
const narrowly = matchMedia('(max-width: 719px)')
export const narrow = ref(narrowly.matches)
narrowly.addEventListener('change', () => { narrow.value = narrowly.matches })
if (narrow.value) shell.open = false

export const helping = ref(false)
export const uploading = ref(false)
export const makingLayer = ref(false)
/** The administrator's templates of documents. */
export const templating = ref(false)
/** The administrator's keys for other programs. */
export const issuingKeys = ref(false)

export function openTab(tab: Tab): void {
  shell.open = !(shell.open && shell.tab === tab)
  shell.tab = tab
}
export function showTab(tab: Tab): void {
  Object.assign(shell, { open: true, tab })
}
