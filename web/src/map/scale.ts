/** The scale bar: a round length that fits. */

const EARTH_M = 40_075_016.686

/** Ground metres of one CSS pixel at a latitude and zoom (512 px tiles, as MapLibre counts zooms). */
export const metresPerPixel = (latitude: number, zoom: number): number =>
  (EARTH_M * Math.cos((latitude * Math.PI) / 180)) / (512 * 2 ** zoom)

export interface ScaleBar {
  metres: number
  pixels: number
}

/** The longest of 1, 2, 5 × 10ⁿ metres that is not wider than `widest` pixels. */
export function scaleBar(latitude: number, zoom: number, widest = 96): ScaleBar {
  const perPixel = metresPerPixel(latitude, zoom)
  const most = perPixel * widest
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power
  return { metres, pixels: metres / perPixel }
}
