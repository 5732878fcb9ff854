/** A moment with the offset of this device, as date pickers write it: `2026-03-02T09:30:00+08:00`. Pure. */
const two = (n: number): string => String(n).padStart(2, '0')

export function stampOf(at: Date): string {
  const behind = at.getTimezoneOffset()
  const offset = `${behind > 0 ? '-' : '+'}${two(Math.floor(Math.abs(behind) / 60))}:${two(Math.abs(behind) % 60)}`
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${offset}`
}
