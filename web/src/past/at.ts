/** The address of a layer's content as of a day (`YYYY-MM-DD`, its end in China), or of today's with null. Pure. */
export function thenAt(path: string, day: string | null): string {
  return day ? `${path}${path.includes('?') ? '&' : '?'}as-of=${day}` : path
}
