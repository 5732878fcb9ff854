/** The day as of which the layers are shown; null is today. */
import { ref } from 'vue'
import { localeTag, say } from '@/i18n'
import { formatDate } from '@/i18n/format'

/** `YYYY-MM-DD`; the server takes it as the end of that day in China. */
export const asOf = ref<string | null>(null)

export const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date())
export const saidDay = (): string => (asOf.value ? say('past.until', { day: formatDate(asOf.value, localeTag.value) }) : '')
