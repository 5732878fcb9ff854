/** Several listeners of a map at once, and what takes all of them away. */
import type { Map as MapLibreMap, MapEventType } from 'maplibre-gl'

type Listeners = { [Name in keyof MapEventType]?: (event: MapEventType[Name] & object) => void }

export function listen(map: MapLibreMap, listeners: Listeners): () => void {
  const held = Object.entries(listeners).map(([name, listener]) => map.on(name as keyof MapEventType, listener as (event: object) => void))
  return () => held.forEach((each) => each.unsubscribe())
}
