/** A map mode: what the pointer does on the map while the mode is on. One file per mode, one mode at a time. */
import type { Map as MapLibreMap } from 'maplibre-gl'
import { computed, ref, watch } from 'vue'
import { map } from '../stage'
import { browse } from './browse'
import { height } from './height'
import { measureArea, measureLine } from './measure'
import { place } from './place'

/** Starts the mode and returns what ends it. */
export type Mode = (map: MapLibreMap) => () => void

export const MODES = { browse, measureLine, measureArea, height, place } satisfies Record<string, Mode>
export type ModeName = keyof typeof MODES

export const mode = ref<ModeName>('browse')
export const measuring = computed(() => mode.value === 'measureLine' || mode.value === 'measureArea')

/** Runs the chosen mode for as long as there is a map. */
export function followMode(): void {
  watch([map, mode], ([on, name], _before, onCleanup) => {
    if (on) onCleanup(MODES[name](on))
  }, { immediate: true })
}
