/** Tasks as people read them. */
import type { Task } from '@/api/types'
import { say } from '@/i18n'
import { formatNumber, withUnit } from '@/i18n/format'
import { pointOf } from './distance'
import type { Near } from './tasks'

export const areaOf = (m2: number): string => withUnit(formatNumber(m2, m2 < 100 ? 1 : 0), 'm²')
export const farOf = ({ metres }: Near): string => (metres === null ? '' : metres < 1000 ? withUnit(formatNumber(Math.round(metres)), 'm') : withUnit(formatNumber(metres / 1000, 1), 'km'))
export const directionOf = ({ bearing }: Near): string => (bearing === null ? '' : say(`check.points.${pointOf(bearing)}`))
export const placeOf = ({ address, division, grid }: Task): string => address ?? division ?? grid ?? ''
