/** Keeps a map's style as the page's state has it; what changes before the first style is there waits for it. */
import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl'

/** Returns the function to call after each change. */
export function follower(map: MapLibreMap, style: () => StyleSpecification): () => void {
  let ready = false
  const redraw = (): void => {
    if (ready) map.setStyle(style(), { diff: true })
  }
  void map.once('style.load').then(() => {
    ready = true
    redraw()
  })
  return redraw
}
