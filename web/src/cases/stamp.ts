/** A moment in China's time, as the date pickers of cases write it: `2026-03-02T09:30:00+08:00`. Pure. */
export const stampOf = (at: Date): string => `${new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 19)}+08:00`
