/** Who is signed in, and what their roles let them do in this page. The server decides in earnest. */
import { computed, ref } from 'vue'
import { get, post, remove } from '@/api/client'
import type { Person, SessionAnswer } from '@/api/types'

export const person = ref<Person | null>(null)
export const signingIn = ref(false)

const has = (...roles: string[]): boolean => person.value?.roles.some((role) => roles.includes(role)) ?? false

export const mayUpload = computed(() => has('crew', 'administrator'))
/** To bring files into layers: those who edit some. */
export const mayImport = computed(() => has('planner', 'administrator', 'officer', 'inspector'))
export const maySample = computed(() => has('reviewer', 'administrator'))
/** To have a flight compared that could not be aligned: for those who judge what comes of it. */
export const mayCompareAnyway = computed(() => has('reviewer', 'administrator'))
export const mayReview = computed(() => has('reviewer', 'administrator'))

/** To close what a flight shows of a building, with a word. */
export const mayCloseAlarms = computed(() => has('officer', 'reviewer', 'administrator'))

/** To say which verdicts take a second pair of eyes. */
export const mayChangeReview = computed(() => has('administrator'))
/** To look at buildings on site. */
export const mayCheck = computed(() => has('inspector', 'officer', 'administrator'))

export const mayTakeEvidence = computed(() => has('reviewer', 'officer', 'administrator'))

export const mayFile = computed(() => has('officer', 'administrator'))
/** To answer what somebody else asked for in a case. */
export const mayApprove = computed(() => has('reviewer', 'administrator'))
/** To set the bureau's practice. */
export const mayAdminister = computed(() => has('administrator'))

/** To bring templates of documents, and to say how documents are numbered. */
export const mayRuleDocuments = computed(() => has('administrator'))

/** To issue and revoke the keys with which other programs report incidents. */
export const mayIssueKeys = computed(() => has('administrator'))

export const mayWriteBulletins = computed(() => has('planner', 'administrator'))

export const mayMakeLayers = computed(() => has('planner', 'administrator'))

export async function loadSession(): Promise<void> {
  person.value = (await get<SessionAnswer>('/api/session')).person
}

export async function signIn(name: string, password: string): Promise<void> {
  person.value = (await post<SessionAnswer>('/api/session', { name, password })).person
}

export async function signOut(): Promise<void> {
  await remove<void>('/api/session')
  person.value = null
}
