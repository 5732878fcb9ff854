/** How the states of an import look. */
import type { Import } from '@/api/types'

export const CHIP: Record<Import['status'], string> = {
  queued: 'accent', checking: 'accent', checked: 'warn', storing: 'accent', stored: 'ok', refused: 'danger', failed: 'danger', undone: '',
}
