/** Surveys, and which flight's imagery is on the map. */
import { computed, ref } from 'vue'
import { get, post, remove } from '@/api/client'
import { loading } from '@/api/loading'
import type { FileKind, Imagery, Survey } from '@/api/types'

export const surveys = loading<Survey[]>(() => get<Survey[]>('/api/surveys'))

/** The flight on the map: an id, "none" by choice, or null for the latest. */
export const flight = ref<number | 'none' | null>(null)

export type Flight = Survey & { imagery: Imagery }

/** Surveys with imagery, earliest first. */
export const flights = computed<Flight[]>(() =>
  (surveys.value.value ?? [])
    .filter((survey): survey is Flight => survey.imagery !== null && survey.status === 'done')
    .toSorted((a, b) => a.flown_on.localeCompare(b.flown_on) || a.id - b.id),
)

export const shownFlight = computed<Flight | null>(() => {
  if (flight.value === 'none') return null
  return flights.value.find((each) => each.id === flight.value) ?? flights.value.at(-1) ?? null
})

export const surveyOf = (id: number): Survey | null => surveys.value.value?.find((each) => each.id === id) ?? null

/** Moves one flight earlier (-1) or later (1); stays at either end. */
export function stepFlight(by: 1 | -1): void {
  const place = flights.value.findIndex((each) => each.id === shownFlight.value?.id)
  const next = place < 0 ? flights.value.at(-1) : flights.value[place + by]
  if (next) flight.value = next.id
}

export const createSurvey = (name: string, flownOn: string, expects: FileKind[]): Promise<Survey> =>
  post<Survey>('/api/surveys', { name, flown_on: flownOn, expects })
export const getSurvey = (id: number): Promise<Survey> => get<Survey>(`/api/surveys/${id}`)
export const deleteSurvey = (id: number): Promise<void> => remove<void>(`/api/surveys/${id}`)
export const retrySurvey = (id: number): Promise<Survey> => post<Survey>(`/api/surveys/${id}/retry`)
export const compareAnyway = (id: number, reason: string): Promise<Survey> => post<Survey>(`/api/surveys/${id}/compare-anyway`, { reason })
/** It stopped because it could not be aligned with its baseline. */
export const isLost = (survey: Survey): boolean => survey.status === 'failed' && survey.error?.code === 'alignment_lost'

const RUNNING = ['queued', 'processing']
export const isRunning = (survey: Survey): boolean => RUNNING.includes(survey.status)

/** Replaces one survey in the list after it was fetched by itself. */
export function keep(survey: Survey): void {
  const rest = (surveys.value.value ?? []).filter((each) => each.id !== survey.id)
  surveys.value.value = [survey, ...rest].toSorted((a, b) => b.flown_on.localeCompare(a.flown_on) || b.id - a.id)
}
