/** Incidents by their light, and the squares in which they gather: colour and shape, or colour and number. */
import type { DataDrivenPropertyValueSpecification, ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Theme } from '@/theme/theme'
import { type Mark, markImage } from './patterns'

export const LIGHTS = ['red', 'amber', 'green', 'none', 'met', 'missed'] as const
export type Light = (typeof LIGHTS)[number]

/** The shape of each light's mark and its colour in the light and the dark theme. */
export const MARKS: Record<Light, { mark: Mark; light: string; dark: string }> = {
  red: { mark: 'triangle', light: '#b0261e', dark: '#ff8f85' },
  amber: { mark: 'diamond', light: '#9a5b00', dark: '#f2b65a' },
  green: { mark: 'solid', light: '#17683a', dark: '#7fd3a0' },
  none: { mark: 'outline', light: '#3b5bdb', dark: '#91a7ff' },
  met: { mark: 'tick', light: '#5a6675', dark: '#9ba7b5' },
  missed: { mark: 'cross', light: '#5a6675', dark: '#9ba7b5' },
}
const HALO: Record<Theme, string> = { light: '#ffffff', dark: '#0f141a' }

export function lightLayers(theme: Theme): LayerSpecification[] {
  const images = LIGHTS.flatMap((light) => [light, markImage(MARKS[light].mark, MARKS[light][theme], HALO[theme])])
  const image = ['match', ['get', 'light'], ...images, markImage('outline', MARKS.none[theme], HALO[theme])]
  return [{
    id: 'incidentLights/mark', type: 'symbol', source: 'incidentLights',
    layout: {
      'icon-image': image as unknown as DataDrivenPropertyValueSpecification<string>, 'icon-allow-overlap': true, 'icon-ignore-placement': true,
      'symbol-sort-key': ['get', 'rank'], 'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.6, 13, 0.85, 17, 1.15],
    },
  }]
}

/** One hue from pale to full by the share of the fullest square: `share` in [0, 1]. */
export const HEAT: Record<Theme, [string, string, string]> = { light: ['#fde3c8', '#e8762c', '#8f1d14'], dark: ['#4a2a17', '#d96a2b', '#ffd2a8'] }

export function hotspotLayers(theme: Theme): LayerSpecification[] {
  const [low, middle, high] = HEAT[theme]
  const colour: ExpressionSpecification = ['interpolate', ['linear'], ['get', 'share'], 0, low, 0.4, middle, 1, high]
  return [
    { id: 'hotspots/area', type: 'fill', source: 'hotspots', paint: { 'fill-color': colour, 'fill-opacity': 0.72 } },
    { id: 'hotspots/line', type: 'line', source: 'hotspots', paint: { 'line-color': HALO[theme], 'line-width': 0.6, 'line-opacity': 0.6 } },
  ]
}
