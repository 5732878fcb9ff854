/** How a bulletin's state looks. Pure. */
import type { BulletinShort } from '@/api/types'

export const CHIPS: Record<BulletinShort['status'], string> = { draft: '', submitted: 'warn', approved: 'accent', published: 'ok', withdrawn: 'danger' }
