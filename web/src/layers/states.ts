/** The states a layer's legend shows, with their titles. Pure. */
import type { Layer, Look, Text } from '@/api/types'

export interface State {
  value: string
  title: Text | string
  look: Look
}

const YES: Record<string, Text> = { true: { zh: '是', en: 'Yes' }, false: { zh: '否', en: 'No' } }

/** In the order of the code list where there is one; empty where the layer has one look only. */
export function statesOf(layer: Layer): State[] {
  const { state_field: name, states } = layer.style
  if (!name) return []
  const field = layer.fields.find((each) => each.name === name)
  const rank = (value: string): number => {
    const place = field?.codes.findIndex((code) => code.value === value) ?? -1
    return place < 0 ? Number.MAX_SAFE_INTEGER : place
  }
  return Object.entries(states)
    .map(([value, look]) => ({ value, look, title: field?.codes.find((code) => code.value === value)?.title ?? YES[value] ?? value }))
    .toSorted((a, b) => rank(a.value) - rank(b.value))
}
