/** The few answers without which the page says nothing where there is no network: kept by the page until sign-out. */
import { type Problem, asProblem, get, remove } from '@/api/client'
import type { SessionAnswer } from '@/api/types'
import { loadSession, person, signOut, signingIn } from '@/people/session'
import { forgetLists } from '../check/keeping'

const PREFIX = 'chengtu.field.'
const LEAVING = `${PREFIX}leaving`
const PERSON = 'person'

function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch { // a full phone: it works as before, with a network
    localStorage.removeItem(PREFIX + name)
  }
}

function kept<T>(name: string): T | null {
  const words = localStorage.getItem(PREFIX + name)
  return words === null ? null : (JSON.parse(words) as T)
}

const unreachable = (problem: Problem): boolean => problem.status === 0

/** What the server says; what it said last where it cannot be reached. Throws its problem where neither is there. */
export async function getOrKept<T>(name: string, path: string): Promise<T> {
  try {
    const answer = await get<T>(path)
    keep(name, answer)
    return answer
  } catch (reason) {
    const before = unreachable(asProblem(reason)) ? kept<T>(name) : null
    if (before === null) throw reason
    return before
  }
}

/** Nothing about a person stays but what that person has yet to send. */
async function forgetPerson(): Promise<void> {
  localStorage.removeItem(PREFIX + PERSON)
  await forgetLists().catch(() => undefined)
}

/** Who uses this phone: at once the one of last time, then as the server says. */
export async function loadPerson(): Promise<void> {
  if (localStorage.getItem(LEAVING)) {
    try {
      await remove<void>('/api/session')
      localStorage.removeItem(LEAVING)
    } catch {
      return
    }
  }
  const before = kept<SessionAnswer['person']>(PERSON)
  person.value ??= before
  try {
    await loadSession()
  } catch {
    return
  }
  if (person.value || !before) return
  await forgetPerson()
  signingIn.value = true // the sign-in has ended by itself
}

/** Keeps who has signed in. */
export function keepPerson(): void {
  keep(PERSON, person.value)
  localStorage.removeItem(LEAVING)
}

/** Signs out, without a network too: the phone forgets at once, and the server is told when it can be reached. */
export async function leave(): Promise<void> {
  try {
    await signOut()
  } catch (reason) {
    if (!unreachable(asProblem(reason))) throw reason
    localStorage.setItem(LEAVING, '1')
    person.value = null
  }
  await forgetPerson()
}
