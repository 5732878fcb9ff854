/** Copies text and says so. */
import { say } from '@/i18n'
import { tell } from './notes'

export async function copy(words: string, done = say('common.copied')): Promise<void> {
  try {
    await navigator.clipboard.writeText(words)
    tell({ kind: 'ok', text: done, detail: words }, 3)
  } catch {
    tell({ kind: 'warn', text: say('common.copyFailed'), detail: words })
  }
}
