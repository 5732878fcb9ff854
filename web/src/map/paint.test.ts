import { describe, expect, it } from 'vitest'
import type { Layer } from '@/api/types'
import { byState, drawnAs, labels, shade, shapes } from './paint'

const layer = (over: Partial<Layer>): Layer => ({
  id: 'illegal_buildings', title: { zh: '违法建设', en: 'Illegal buildings' }, description: { zh: '', en: '' }, group: 'enforcement',
  geometry: 'MultiPolygon', label: 'code', key: 'code', min_zoom: 11, max_zoom: 18, label_zoom: 16, points_below: 0, clustered_below: 0, shown_at_start: true, editable: false, own: false, count: 1, bounds: null, tiles: '/t',
  fields: [{ name: 'status', title: { zh: '状态', en: 'Status' }, type: 'code', unit: null, required: true, personal: false, editable: true, measured: false, chosen: false, codes: [{ value: 'to_check', title: { zh: '待现场核查', en: 'To check' } }] }],
  style: {
    light: '#c62828', dark: '#ff6b60', pattern: 'solid', width: 1.5, state_field: 'status',
    states: { to_check: { light: '#c62828', dark: '#ff6b60', pattern: 'dashed' }, filed: { light: '#c62828', dark: '#ff6b60', pattern: 'hatch' } },
  },
  ...over,
})
const plain = layer({ style: { light: '#5b6470', dark: '#aab4c0', pattern: 'outline', width: 1, state_field: null, states: {} } })

describe('the look of a layer by its state', () => {
  it('is one value where the layer has one look', () => expect(byState(plain.style, (look) => look.light)).toBe('#5b6470'))
  it('matches each state and falls back to the layer’s own look', () => {
    expect(byState(layer({}).style, (look) => look.pattern)).toEqual(['match', ['to-string', ['get', 'status']], 'to_check', 'dashed', 'filed', 'hatch', 'solid'])
  })
  it('draws everything, nothing or the states of a pattern', () => {
    expect(drawnAs(plain.style, ['outline'])).toBe(true)
    expect(drawnAs(plain.style, ['dashed'])).toBe(false)
    expect(drawnAs(layer({}).style, ['dashed'])).toEqual(['in', ['to-string', ['get', 'status']], ['literal', ['to_check']]])
  })
  it('keeps states that the catalogue does not name in the default look', () => {
    expect(drawnAs(layer({}).style, ['solid', 'hatch'])).toEqual(['!', ['in', ['to-string', ['get', 'status']], ['literal', ['to_check']]]])
  })
})

describe('the MapLibre layers of a layer', () => {
  const drawing = { theme: 'dark' as const, language: 'zh' as const, opacity: 1 }
  it('fills, hatches and outlines an area', () => {
    expect(shapes(layer({}), drawing).map((each) => each.id)).toEqual(['illegal_buildings/fill', 'illegal_buildings/pattern', 'illegal_buildings/line', 'illegal_buildings/dash'])
  })
  it('draws an area that is too small to see as a mark at its inner point', () => {
    const mark = shapes(layer({ points_below: 15 }), drawing).at(-1)
    expect(mark).toMatchObject({ type: 'symbol', 'source-layer': 'illegal_buildings_labels', maxzoom: 15 })
  })
  it('draws what is clustered as a circle with its number, and single ones as before', () => {
    const dense = layer({ points_below: 15, clustered_below: 14 })
    const [cluster] = shapes(dense, drawing).filter((each) => each.id.endsWith('/cluster'))
    expect(cluster).toMatchObject({ type: 'circle', 'source-layer': 'illegal_buildings_labels', maxzoom: 14, filter: ['has', 'point_count'] })
    expect(shapes(dense, drawing).find((each) => each.id.endsWith('/mark'))).toMatchObject({ filter: ['!', ['has', 'point_count']] })
    const told = (language: 'zh' | 'en'): string => JSON.stringify(shapes(dense, { ...drawing, language }).find((each) => each.id.endsWith('/count')))
    expect(told('zh')).toContain('万')
    expect(told('en')).not.toContain('万')
  })
  it('names an area once: by its shape where a tile shows it whole, else at its inner point', () => {
    const [whole, parted] = labels(layer({}), drawing)
    expect(whole).toMatchObject({ 'source-layer': 'illegal_buildings', filter: ['has', '_whole'] })
    expect(parted).toMatchObject({ 'source-layer': 'illegal_buildings_labels' })
    expect(parted).not.toHaveProperty('filter')
    expect(labels(layer({ geometry: 'Point' }), drawing)).toHaveLength(1)
  })
  it('names divisions of one level at a time, whole or not', () => {
    const found = labels(layer({ id: 'divisions', label: 'name' }), drawing).map((each) => JSON.stringify(each))
    expect(found).toHaveLength(2)
    for (const each of found) expect(each).toContain('"township",13,"community"')
    expect(found[0]).toContain('["has","_whole"]')
  })
  it('leaves out what no feature is drawn with', () => {
    expect(shapes(plain, drawing).map((each) => each.id)).toEqual(['illegal_buildings/fill', 'illegal_buildings/line'])
  })
  it('draws points as marks that never hide each other', () => {
    const [mark] = shapes(layer({ geometry: 'Point' }), drawing)
    expect(mark).toMatchObject({ type: 'symbol', layout: { 'icon-allow-overlap': true } })
  })
  it('labels with the title of a code, never its value', () => {
    const [label] = labels(layer({ label: 'status' }), drawing)
    expect(JSON.stringify(label)).toContain('待现场核查')
  })
  it('has no label where the catalogue names none', () => expect(labels(layer({ label: null }), drawing)).toEqual([]))
  it('shades letters towards the ink of the theme', () => {
    expect(shade('#ffffff', 'light')).toBe('#8c8c8c')
    expect(shade('#000000', 'dark')).toBe('#737373')
  })
})
