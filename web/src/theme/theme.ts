/** Light or dark: remembered, else as the system says. */
import { ref, watchEffect } from 'vue'

export type Theme = 'light' | 'dark'

/** The phone's own bar above the page: --panel of tokens.css. */
const BAR: Record<Theme, string> = { light: '#ffffff', dark: '#1a1f27' }
const KEY = 'chengtu.theme'

function first(): Theme {
  const kept = localStorage.getItem(KEY)
  if (kept === 'light' || kept === 'dark') return kept
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export const theme = ref<Theme>(first())

export function switchTheme(): void {
  theme.value = theme.value === 'light' ? 'dark' : 'light'
  localStorage.setItem(KEY, theme.value)
}

watchEffect(() => {
  document.documentElement.classList.toggle('dark', theme.value === 'dark')
  document.documentElement.style.colorScheme = theme.value
  for (const each of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) each.content = BAR[theme.value]
})

/** True where the person asked for less motion. */
export const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches
