/** The address of a layer's content as of a day (`YYYY-MM-DD`); null is today. */
export const thenAt = (path: string, day: string | null): string =>
  day ? `${path}${path.includes('?') ? '&' : '?'}as-of=${day}` : path
