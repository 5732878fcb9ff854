/** The bulletins on record, and the one that is open over the map. */
import { ref } from 'vue'
import { get } from '@/api/client'
import { loading } from '@/api/loading'
import type { BulletinShort } from '@/api/types'

export const bulletins = loading<{ items: BulletinShort[] }>(() => get('/api/bulletins'))
/** Id of the bulletin that is being looked at; null: none. */
export const reading = ref<number | null>(null)

export const addressOf = (it: { year: number; number?: number | null }, form = ''): string => `/bulletins/${it.year}/${it.number}${form}`
