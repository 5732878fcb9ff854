/** Gathers the state of the page into the picture that the map draws. */
import { computed } from 'vue'
import { language, say } from '@/i18n'
import { opacityOf, stack } from '@/layers/tree'
import { asOf } from '@/past/past'
import { mosaicImagery } from '@/surveys/mosaic'
import { shownFlight } from '@/surveys/store'
import { reliefImagery } from '@/surveys/surface'
import { theme } from '@/theme/theme'
import { config, groundChoice, groundFailed, shapes } from './stage'
import type { Picture } from './style'

export const picture = computed<Picture>(() => ({
  theme: theme.value,
  language: language.value,
  origin: location.origin,
  ground: groundFailed.value ? 'none' : groundChoice.value,
  tiandituKey: config.value?.tianditu_key ?? null,
  credit: say('ground.credit'),
  imagery: mosaicImagery.value ?? reliefImagery.value ?? (shownFlight.value ? { ...shownFlight.value.imagery, id: shownFlight.value.id } : null),
  layers: stack.value.map((layer) => ({ layer, opacity: opacityOf(layer.id) })).reverse(),
  asOf: asOf.value,
  overlays: { ...shapes },
}))
