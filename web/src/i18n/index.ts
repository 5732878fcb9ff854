/** Chinese first, English as the switch; remembered. */
import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Text } from '@/api/types'
import en from './en'
import zh from './zh-CN'

export type Language = 'zh' | 'en'

const KEY = 'chengtu.language'
const first: Language = localStorage.getItem(KEY) === 'en' ? 'en' : 'zh'

export const i18n = createI18n({ legacy: false, locale: first as Language, fallbackLocale: 'zh' as Language, messages: { zh, en } })

export const language = computed<Language>(() => i18n.global.locale.value as Language)
export const localeTag = computed(() => (language.value === 'zh' ? 'zh-CN' : 'en-GB'))

export function switchLanguage(): void {
  const next: Language = language.value === 'zh' ? 'en' : 'zh'
  i18n.global.locale.value = next
  localStorage.setItem(KEY, next)
  document.documentElement.lang = localeTag.value
}
document.documentElement.lang = localeTag.value

/** The text in the page's language; plain strings are given back as they are. */
export function text(value: Text | string | null | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : value[language.value]
}

/** A title of the server at the beginning of a line or on a button. */
export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)
export const heading = (value: Text | null | undefined): string => capital(text(value))

/** The translated text of a key, for code outside components. */
export const say = (key: string, values: Record<string, string | number> = {}): string => i18n.global.t(key, values)
/** True where the key exists, so that an unknown code of the server falls back to a neutral word. */
export const has = (key: string): boolean => i18n.global.te(key, 'zh')
