/** The shapes of the server's answers, as the page uses them. */
import type { Feature, FeatureCollection, Geometry, MultiPolygon, Polygon } from 'geojson'

/** One text in the two languages of the product. */
export interface Text {
  zh: string
  en: string
}

/** West, south, east, north in degrees, CGCS2000. */
export type Bounds = [number, number, number, number]
export type Position = [number, number]

export interface Config {
  title: Text
  demo: boolean
  tianditu_key: string | null
  centre: Position
  zoom: number
  bounds: Bounds
  version: string
  max_upload_bytes: number
  public_layers: boolean
}

export interface Person {
  id: number
  name: string
  display_name: string
  roles: string[]
  divisions: { code: string; name: string }[]
}

export interface SessionAnswer {
  person: Person | null
}

export type FieldType = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'code'

export interface Field {
  name: string
  title: Text
  type: FieldType
  unit: string | null
  codes: { value: string; title: Text }[]
  required: boolean
  personal: boolean
}

export type Pattern = 'solid' | 'dashed' | 'hatch' | 'outline' | 'dot' | 'cross'

export interface Look {
  light: string
  dark: string
  pattern: Pattern
}

export interface Style extends Look {
  width: number
  state_field: string | null
  states: Record<string, Look>
}

export type LayerGeometry = 'Point' | 'MultiLineString' | 'MultiPolygon'

export interface Layer {
  id: string
  title: Text
  description: Text
  group: string
  geometry: LayerGeometry
  fields: Field[]
  style: Style
  label: string | null
  key: string
  min_zoom: number
  max_zoom: number
  label_zoom: number
  shown_at_start: boolean
  count: number
  bounds: Bounds | null
  tiles: string
}

export interface Group {
  id: string
  title: Text
}

export interface Catalogue {
  groups: Group[]
  layers: Layer[]
}

export type Item = Feature<Geometry, Record<string, unknown>>
export type Items = FeatureCollection<Geometry, Record<string, unknown>> & {
  numberMatched: number
  numberReturned: number
}

export interface Change {
  field: string
  title: Text | string
  before: unknown
  after: unknown
}

export interface HistoryEntry {
  version: number
  operation: string
  actor: string | null
  at: string
  changes: Change[]
}

export interface SearchResult {
  kind: 'feature' | 'coordinate'
  layer?: string | null
  id?: number | null
  title: string
  subtitle: Text
  centre: Position
  bbox?: Bounds | null
  crs?: string | null
}

export interface Where {
  division: { code: string; name: string } | null
  grid: {
    id: number
    code: string
    owner: string | null
    manager: string | null
    distance_to_boundary_m: number
  } | null
  projected: { epsg: number; e: number; n: number }
}

export type FileKind = 'ortho' | 'dsm'
export type SurveyStatus = 'draft' | 'queued' | 'processing' | 'done' | 'refused' | 'failed'
export type StageName = 'check' | 'prepare' | 'baseline' | 'align' | 'detect' | 'record'

export interface Stage {
  name: StageName
  status: 'waiting' | 'running' | 'done' | 'failed'
  progress: number
  started_at?: string | null
  finished_at?: string | null
}

export interface SurveyError {
  code: string
  zh: string
  en: string
  id: string | null
}

export interface Imagery {
  tiles: string
  minzoom: number
  maxzoom: number
  bounds: Bounds
}

export interface Survey {
  id: number
  code: string
  name: string
  flown_on: string
  status: SurveyStatus
  stage: StageName | null
  progress: number
  stages: Stage[]
  seconds_left: number | null
  error: SurveyError | null
  files: { kind: FileKind; original_name: string; bytes: number; sha256: string | null }[]
  expects: FileKind[]
  footprint: MultiPolygon | Polygon | null
  gsd_m: number | null
  crs: string | null
  baseline: { id: number; code: string; flown_on: string } | null
  alignment: { dx_m: number; dy_m: number; residual_m: number; reliable: boolean } | null
  imagery: Imagery | null
  candidates: { pending: number; accepted: number; rejected: number }
  synthetic: boolean
  created_by: string | null
  created_at: string
}

export type CandidateKind = 'new' | 'demolished' | 'extended' | 'changed'
export type CandidateStatus = 'pending' | 'accepted' | 'rejected'
export type Verdict = 'accept' | 'reject' | 'undo'

export interface FlightRef {
  survey_id: number
  code: string
  flown_on: string
}

export interface Review {
  verdict: Verdict
  reason: string | null
  note: string | null
  by: string
  at: string
}

export interface Candidate {
  id: number
  code: string
  kind: CandidateKind
  confidence: number
  area_m2: number
  height_change_m: number | null
  status: CandidateStatus
  geometry: MultiPolygon | Polygon
  bbox: Bounds
  before: FlightRef | null
  after: FlightRef
  grid: { id: number; code: string } | null
  division: { code: string; name: string } | null
  permit: { id: number; code: string } | null
  planning_area: { code: string; name: string } | null
  /** A structure known before that stands there. */
  known: { id: number; code: string } | null
  /** The structure that an acceptance made. */
  illegal_building: { id: number; code: string } | null
  method: string
  synthetic: boolean
  version: number
  reviews: Review[]
}

export interface CandidatePage {
  total: number
  items: Candidate[]
}

export interface HalfYear {
  year: number
  half: number
  figures: Figure[]
}

export interface Figure {
  id: string
  title: Text | string
  value: number | null
  unit: Text | string | null
  numerator?: number | null
  denominator?: number | null
  rate?: number | null
  note?: Text | string | null
  layer?: string | null
}
