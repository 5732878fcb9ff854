/** What a person fills in for an act, and what of it goes to the server. Pure. */
import type { CaseWord } from '@/api/types'

export type Answer = string | boolean | string[] | null
export type Answers = Record<string, Answer>

/** Nothing is chosen beforehand, except where there is one choice only. */
export function blank(words: readonly CaseWord[]): Answers {
  return Object.fromEntries(words.map((word) => [word.name, start(word)]))
}

function start({ kind, choices }: CaseWord): Answer {
  if (kind === 'choices') return []
  if (kind === 'flag') return null
  return kind === 'choice' && choices.length === 1 ? choices[0]!.value : ''
}

const isEmpty = (answer: Answer | undefined): boolean =>
  answer === null || answer === undefined || (typeof answer === 'string' ? answer.trim() === '' : Array.isArray(answer) && answer.length === 0)

/** Words that must be given and are not. */
export const missing = (takes: readonly CaseWord[], answers: Answers): CaseWord[] => takes.filter((word) => isEmpty(answers[word.name]))

const isFigure = ({ kind }: CaseWord): boolean => kind === 'days' || kind === 'yuan'

/** Figures that are none: yuan has at most two places, days none, neither is negative. */
export const wrongFigures = (words: readonly CaseWord[], answers: Answers): CaseWord[] =>
  words.filter((word) => {
    const answer = answers[word.name]
    if (!isFigure(word) || typeof answer !== 'string' || isEmpty(answer)) return false
    return !(word.kind === 'days' ? /^\d{1,5}$/ : /^\d{1,12}(\.\d{1,2})?$/).test(answer.trim())
  })

/** What was filled in, as the door takes it; what was left empty is left out. */
export function bodyOf(words: readonly CaseWord[], answers: Answers): Record<string, unknown> {
  const given = words.filter((word) => !isEmpty(answers[word.name]))
  return Object.fromEntries(given.map((word) => [word.name, valueOf(word, answers[word.name]!)]))
}

function valueOf({ kind }: CaseWord, answer: Answer): unknown {
  if (typeof answer !== 'string') return answer
  return kind === 'days' ? Number(answer.trim()) : answer.trim()
}
