/** The four states of everything that is fetched: waiting, here, empty (the view decides), failed. */
import { type Ref, ref, shallowRef } from 'vue'
import { type Problem, asProblem } from './client'

export interface Loading<T> {
  value: Ref<T | null>
  busy: Ref<boolean>
  problem: Ref<Problem | null>
  load: () => Promise<void>
}

/** `load` fetches anew; of two overlapping fetches the later one counts. What was there stays until then. */
export function loading<T>(fetcher: () => Promise<T>): Loading<T> {
  const value = shallowRef<T | null>(null)
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let turn = 0
  const load = async (): Promise<void> => {
    const mine = ++turn
    busy.value = true
    try {
      const answer = await fetcher()
      if (mine === turn) [value.value, problem.value] = [answer, null]
    } catch (reason) {
      if (mine === turn) problem.value = asProblem(reason)
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  return { value, busy, problem, load }
}
