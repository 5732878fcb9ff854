/** Looks again while a survey is in the works, and refreshes the map when one is done. */
import { onBeforeUnmount, onMounted, watch } from 'vue'
import { page } from '@/candidates/store'
import { catalogue } from '@/layers/catalogue'
import { person } from '@/people/session'
import { isRunning, surveys } from './store'

const EVERY_MS = 2000

export function watchSurveys(): void {
  let timer: ReturnType<typeof setInterval> | undefined
  const look = (): void => {
    if (!document.hidden && person.value && surveys.value.value?.some(isRunning)) void surveys.load()
  }
  onMounted(() => { timer = setInterval(look, EVERY_MS) })
  onBeforeUnmount(() => clearInterval(timer))
  watch(() => (surveys.value.value ?? []).filter((each) => each.status === 'done').length, (now, before) => {
    if (now === before) return
    void catalogue.load()
    void page.load()
  })
}
