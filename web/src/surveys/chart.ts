/** The figures of a profile as a drawing. Pure. */
export interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

export interface Scale {
  low: number
  high: number
  step: number
}

/** From the lowest to the highest value in steps of 1, 2 or 5 of a power of ten, about `count` of them. */
export function niceScale(values: (number | null)[], count = 4): Scale | null {
  const known = values.filter((each): each is number => each !== null)
  if (!known.length) return null
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const rough = Math.max(most - least, 1) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10)
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step]
  return { low, high: high > low ? high : low + step, step }
}

export const ticks = ({ low, high, step }: Scale): number[] =>
  Array.from({ length: Math.round((high - low) / step) + 1 }, (_each, index) => low + index * step)

export const across = (frame: Frame, share: number): number => frame.left + share * (frame.width - frame.left - frame.right)
export const up = (frame: Frame, scale: Scale, value: number): number =>
  frame.height - frame.bottom - ((value - scale.low) / (scale.high - scale.low)) * (frame.height - frame.top - frame.bottom)

/** An SVG path through the values at equal distances; gaps stay open. */
export function pathOf(frame: Frame, scale: Scale, values: (number | null)[]): string {
  let open = false
  return values.map((value, index) => {
    if (value === null) {
      open = false
      return ''
    }
    const at = `${across(frame, index / Math.max(1, values.length - 1)).toFixed(1)} ${up(frame, scale, value).toFixed(1)}`
    const word = open ? 'L' : 'M'
    open = true
    return word + at
  }).join('')
}

/** Where two profiles differ most: the place in the list and the difference, later minus earlier. */
export function greatest(later: (number | null)[], earlier: (number | null)[]): { index: number; by: number } | null {
  let found: { index: number; by: number } | null = null
  later.forEach((value, index) => {
    const before = earlier[index] ?? null
    if (value !== null && before !== null && Math.abs(value - before) > Math.abs(found?.by ?? 0)) found = { index, by: value - before }
  })
  return found
}
