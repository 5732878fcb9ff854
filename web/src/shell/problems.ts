/** Tells of a refusal at the edge of the map. */
import { asProblem } from '@/api/client'
import { say, text } from '@/i18n'
import { tell } from './notes'

export function tellProblem(reason: unknown): void {
  const problem = asProblem(reason)
  const detail = problem.id ? say('errors.id', { id: problem.id }) : say('errors.networkHint')
  tell({ kind: 'danger', text: text(problem.titles) || say('errors.generic'), detail })
}
