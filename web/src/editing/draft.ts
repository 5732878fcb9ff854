/** The one feature that is being edited: its values, its shape with undo, and how it is saved. */
import { ElMessageBox } from 'element-plus'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Geometry } from 'geojson'
import { type Problem, asProblem, create, get, patch, post, query, remove } from '@/api/client'
import type { Field, Item, Layer, Where } from '@/api/types'
import { item, select, selected } from '@/features/selection'
import { say, text } from '@/i18n'
import { catalogue, layerOf } from '@/layers/catalogue'
import { show } from '@/layers/tree'
import { boundsOf } from '@/map/bounds'
import { crossesItself } from '@/map/coordinates'
import { person } from '@/people/session'
import { dismiss, tell } from '@/shell/notes'
import { tellProblem } from '@/shell/problems'
import { type Values, asked, changed, clashing, missing } from './fields'
import { type Shape, geometryOf, nothing, shapeOf } from './shape'

interface Draft {
  layer: string
  /** Null: a new feature. */
  id: number | null
  version: number | null
  base: Values
  values: Values
  drawn: Geometry | null
}

/** What somebody else saved meanwhile. */
interface Theirs {
  item: Item
  fields: Field[]
  shape: boolean
}

const KEY = 'chengtu.draft'
export const draft = ref<Draft | null>(null)
export const shape = shallowRef<Shape>(nothing('Point'))
const undone = shallowRef<Shape[]>([])
const done = shallowRef<Shape[]>([])
/** The path whose corners are being added; null when the shape is only changed. */
export const drawing = ref(false)
export const problem = shallowRef<Problem | null>(null)
export const theirs = shallowRef<Theirs | null>(null)
export const busy = ref(false)
export const tried = ref(false)

export const layer = computed<Layer | null>(() => (draft.value ? layerOf(draft.value.layer) : null))
export const geometry = computed(() => geometryOf(shape.value))
export const crossing = computed(() => shape.value.kind === 'MultiPolygon' && shape.value.paths.some(({ corners }) => corners.length > 3 && crossesItself(corners)))
export const blanks = computed(() => (layer.value && draft.value ? missing(layer.value, draft.value.values) : []))
const movedShape = computed(() => JSON.stringify(geometry.value) !== JSON.stringify(draft.value?.drawn ?? null))
export const touched = computed(() => !!draft.value && !!layer.value && (movedShape.value || Object.keys(changed(layer.value, draft.value.base, draft.value.values)).length > 0))
export const undoable = computed(() => done.value.length > 0)
export const redoable = computed(() => undone.value.length > 0)
/** Nothing is sent that the page itself sees to be wrong. */
export const ready = computed(() => touched.value && !!geometry.value && !crossing.value && !blanks.value.length && !busy.value)

function open(next: Draft, from: Shape): void {
  draft.value = next
  shape.value = from
  ;[done.value, undone.value] = [[], []]
  drawing.value = next.id === null && next.drawn === null && from.paths.length === 0
  ;[problem.value, theirs.value, tried.value] = [null, null, false]
}

export function startNew(layer: Layer): void {
  show(layer.id, true)
  select(null)
  open({ layer: layer.id, id: null, version: null, base: {}, values: {}, drawn: null }, nothing(layer.geometry))
}

export function startEdit(layer: Layer, of: Item): void {
  const values = { ...of.properties }
  open({ layer: layer.id, id: Number(of.id), version: Number(of.properties['version']), base: { ...values }, values, drawn: of.geometry }, shapeOf(layer.geometry, of.geometry))
  draft.value!.drawn = geometry.value
}

/** Keeps the shape as it is now, so that what follows can be undone. */
export function remember(): void {
  done.value = [...done.value.slice(-99), shape.value]
  undone.value = []
}
export function redraw(next: Shape): void {
  remember()
  shape.value = next
}
export function undo(): void {
  const before = done.value.at(-1)
  if (!before) return
  undone.value = [...undone.value, shape.value]
  done.value = done.value.slice(0, -1)
  shape.value = before
  if (draft.value?.id === null && !geometry.value) drawing.value = true
}
export function redo(): void {
  const next = undone.value.at(-1)
  if (!next) return
  done.value = [...done.value, shape.value]
  undone.value = undone.value.slice(0, -1)
  shape.value = next
}

export function close(): void {
  draft.value = null
  drawing.value = false
  localStorage.removeItem(KEY)
}

/** Leaves the draft, after asking where something would be lost. */
export async function leave(): Promise<void> {
  if (touched.value) {
    const sure = await ElMessageBox.confirm(say('editing.leaveAsk'), say('editing.leave'), { confirmButtonText: say('editing.discard'), cancelButtonText: say('common.cancel') }).catch(() => null)
    if (!sure) return
  }
  close()
}

/** Fills in where it lies, township and grid, as far as the form asks for them and nobody has. */
async function placeItself(): Promise<void> {
  const now = draft.value
  const bounds = boundsOf(geometry.value)
  const open = layer.value ? asked(layer.value).filter(({ name, chosen }) => chosen && (name === 'division' || name === 'grid') && !now?.values[name]) : []
  if (!now || !bounds || !open.length) return
  const [lon, lat] = [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]
  const place = await get<Where>(`/api/where${query({ lon: lon.toFixed(7), lat: lat.toFixed(7) })}`).catch(() => null)
  if (draft.value !== now || !place) return
  const found: Record<string, string | undefined> = { division: place.division?.name, grid: place.grid?.code }
  for (const { name } of open) if (found[name] && !now.values[name]) now.values[name] = found[name]
}
watch(drawing, (still, was) => { if (was && !still && geometry.value) void placeItself() })

const items = (id: string): string => `/ogc/collections/${id}/items`

export async function save(): Promise<void> {
  tried.value = true
  const now = draft.value
  const into = layer.value
  if (!now || !into || !ready.value) return
  busy.value = true
  problem.value = null
  const properties = changed(into, now.base, now.values)
  try {
    if (now.id === null) {
      const id = Number(/\/items\/(\d+)$/.exec(await create(items(now.layer), { type: 'Feature', geometry: geometry.value, properties }))?.[1])
      await saved({ layer: now.layer, id }, say('editing.made', { layer: text(into.title) }), () => remove(`${items(now.layer)}/${id}`))
    } else {
      const body = { properties, ...(movedShape.value ? { geometry: geometry.value } : {}) }
      await patch(`${items(now.layer)}/${now.id}`, body, { 'if-match': `"${now.version}"` })
      const { id, layer: name, version } = now
      await saved({ layer: name, id }, say('editing.saved'), () => post(`/api/layers/${name}/${id}/restore`, { version }))
    }
  } catch (reason) {
    problem.value = asProblem(reason)
    if (problem.value.code === 'version_gone') await compare()
  } finally {
    busy.value = false
  }
}

async function saved(at: { layer: string; id: number }, said: string, back: () => Promise<unknown>): Promise<void> {
  close()
  await catalogue.load()
  select(at)
  await item.load()
  offerBack(said, at, back)
}

let offered = 0
/** Says what was done, with a way back; what was offered before is not the last thing any more. */
function offerBack(said: string, at: { layer: string; id: number }, back: () => Promise<unknown>): void {
  dismiss(offered)
  offered = tell({ kind: 'ok', text: said, act: { title: say('common.undo'), run: () => void takeBack(at, back) } }, 14)
}

async function takeBack(at: { layer: string; id: number }, back: () => Promise<unknown>): Promise<void> {
  try {
    await back()
    dismiss(offered)
    await catalogue.load()
    if (selected.value?.id === at.id && selected.value.layer === at.layer) await item.load()
    if (item.problem.value?.status === 404) select(null)
    tell({ kind: 'ok', text: say('editing.takenBack') })
  } catch (reason) {
    tellProblem(reason)
  }
}

/** Somebody else was faster: shows what they changed. */
async function compare(): Promise<void> {
  const now = draft.value
  if (!now || now.id === null || !layer.value) return
  const found = await get<Item>(`${items(now.layer)}/${now.id}`).catch(() => null)
  if (!found) return
  const ground = geometryOf(shapeOf(layer.value.geometry, found.geometry))
  const shapes = movedShape.value && JSON.stringify(ground) !== JSON.stringify(now.drawn)
  theirs.value = { item: found, fields: clashing(layer.value, now.base, now.values, found.properties), shape: shapes }
}

/** Puts my changes on top of their version: what I did not touch is theirs. */
export function putOnTop(): void {
  const now = draft.value
  if (!now || !theirs.value || !layer.value) return
  const other = theirs.value.item
  const mine = changed(layer.value, now.base, now.values)
  const kept = movedShape.value
  draft.value = { ...now, version: Number(other.properties['version']), base: { ...other.properties }, values: { ...other.properties, ...mine }, drawn: geometryOf(shapeOf(layer.value.geometry, other.geometry)) }
  if (!kept) shape.value = shapeOf(layer.value.geometry, other.geometry)
  ;[theirs.value, problem.value] = [null, null]
}

/** Takes their version and forgets mine. */
export function takeTheirs(): void {
  const other = theirs.value?.item
  if (other && layer.value) startEdit(layer.value, other)
}

export async function removeFeature(name: string): Promise<void> {
  const now = draft.value
  if (!now || now.id === null) return
  const sure = await ElMessageBox.confirm(say('editing.deleteAsk', { name }), say('editing.delete'), { confirmButtonText: say('common.delete'), cancelButtonText: say('common.cancel'), confirmButtonClass: 'el-button--danger' }).catch(() => null)
  if (!sure) return
  busy.value = true
  try {
    await remove(`${items(now.layer)}/${now.id}`, { 'if-match': `"${now.version}"` })
    const { layer: of, id, version } = now
    close()
    select(null)
    await catalogue.load()
    offerBack(say('editing.deleted', { name }), { layer: of, id }, () => post(`/api/layers/${of}/${id}/restore`, { version }))
  } catch (reason) {
    problem.value = asProblem(reason)
    if (problem.value.code === 'version_gone') await compare()
  } finally {
    busy.value = false
  }
}

/** What a person was writing is nobody's after them. */
watch(person, (now, before) => { if (before && !now) close() })

/** A draft survives a reload of the page. */
watch([draft, shape], () => {
  if (draft.value && touched.value) localStorage.setItem(KEY, JSON.stringify({ draft: draft.value, shape: shape.value }))
}, { deep: true })

/** Offers the draft that a reload left behind, once the catalogue knows its layer. */
export function offerKept(): void {
  const kept = localStorage.getItem(KEY)
  if (!kept || draft.value) return
  try {
    const { draft: was, shape: from } = JSON.parse(kept) as { draft: Draft; shape: Shape }
    const into = layerOf(was.layer)
    if (!into?.editable) return
    tell({ kind: 'warn', text: say('editing.kept', { layer: text(into.title) }), act: { title: say('editing.goOn'), run: () => open(was, from) } }, 30)
  } catch {
    localStorage.removeItem(KEY)
  }
}

