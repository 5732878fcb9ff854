import { describe, expect, it } from 'vitest'
import { noShapes } from './overlays'
import { scaleBar } from './scale'
import { type Picture, buildStyle } from './style'

const picture: Picture = {
  theme: 'light', language: 'zh', origin: 'http://here', ground: 'vec', tiandituKey: null, credit: '天地图', imagery: null, layers: [], asOf: null, overlays: noShapes(),
}

describe('the whole map', () => {
  it('stands on a plain ground where there is no key, whatever was chosen', () => {
    expect(Object.keys(buildStyle(picture).sources)).not.toContain('ground-base')
    expect(buildStyle(picture).layers[0]).toMatchObject({ id: 'ground', type: 'background' })
  })
  it('takes Tianditu with the operator’s own key', () => {
    const { sources } = buildStyle({ ...picture, tiandituKey: 'k' })
    expect(JSON.stringify(sources['ground-base'])).toContain('tk=k')
  })
  it('lays the imagery of a flight under everything that is drawn', () => {
    const imagery = { id: 3, tiles: '/imagery/3/{z}/{x}/{y}.webp', minzoom: 10, maxzoom: 21, bounds: [116, 31, 117, 32] as [number, number, number, number] }
    const ids = buildStyle({ ...picture, imagery }).layers.map((layer) => layer.id)
    expect(ids.indexOf('flight-3')).toBe(1)
  })
})

describe('the scale bar', () => {
  it('is a round length that fits', () => {
    const { metres, pixels } = scaleBar(31.75, 15)
    expect(metres).toBe(100)
    expect(pixels).toBeLessThanOrEqual(96)
  })
})
