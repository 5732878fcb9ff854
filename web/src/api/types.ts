/**
 * The shapes of the server's answers: generated (`npm run types`), with a name each, and narrowed where the
 * contract says only "string" or "object" and the catalogue or GeoJSON says more.
 */
import type { Feature, FeatureCollection, Geometry, MultiPolygon, Polygon } from 'geojson'
import type { components } from './schema'

type Schemas = components['schemas']
type Narrowed<T, More> = Omit<T, keyof More> & More

export type Text = Schemas['TextPair']
/** West, south, east, north in degrees, CGCS2000. */
export type Bounds = [number, number, number, number]
export type Position = [number, number]

export type Config = Schemas['ConfigOut']
export type Person = Schemas['PersonOut']
export type SessionAnswer = Schemas['SessionOut']

export type FieldType = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'time' | 'datetime' | 'code'
export type Field = Narrowed<Schemas['FieldOut'], { type: FieldType }>
export type Pattern = 'solid' | 'dashed' | 'hatch' | 'outline' | 'dot' | 'cross'
export type Look = Narrowed<Schemas['StateOut'], { pattern: Pattern }>
export type Style = Narrowed<Schemas['StyleOut'], { pattern: Pattern; states: Record<string, Look> }>
export type LayerGeometry = 'Point' | 'MultiLineString' | 'MultiPolygon'
export type Layer = Narrowed<Schemas['LayerOut'], { geometry: LayerGeometry; fields: Field[]; style: Style }>
export type Proposal = Schemas['ProposalOut']
export type OwnDescription = Proposal['description']
export type OwnField = OwnDescription['fields'][number]
export type Group = Schemas['GroupOut']
export type Catalogue = Narrowed<Schemas['CatalogueOut'], { layers: Layer[] }>

export type Item = Feature<Geometry, Record<string, unknown>>
export type Items = FeatureCollection<Geometry, Record<string, unknown>> & { numberMatched: number; numberReturned: number }
export type Change = Schemas['ChangeOut']
export type HistoryEntry = Schemas['VersionOut']
export type VersionState = Narrowed<Schemas['VersionStateOut'], { geometry: Geometry | null }>
export type Difference = Narrowed<Schemas['DifferenceOut'], { before: VersionState; after: VersionState }>
export type SearchResult = Schemas['SearchResult']
export type Where = Schemas['WhereOut']

export type FileKind = Schemas['SurveyFileOut']['kind']
export type Stage = Schemas['StageOut']
export type StageName = Stage['name']
export type Imagery = Schemas['ImageryOut']
export type TileJSON = Schemas['TileJSON']
export type Surface = Schemas['SurfaceOut']
export type Height = Schemas['HeightOut']
export type Profile = Schemas['ProfileOut']
export type Survey = Narrowed<Schemas['SurveyOut'], { stage: StageName | null; footprint: MultiPolygon | Polygon | null }>

export type Candidate = Narrowed<Schemas['CandidateOut'], { geometry: MultiPolygon | Polygon }>
export type CandidatePage = Narrowed<Schemas['CandidateList'], { items: Candidate[] }>
export type CandidateKind = Candidate['kind']
export type CandidateStatus = Candidate['status']
export type Sighting = Schemas['SightingOut']
export type Review = Schemas['ReviewOut']

export type Rate = Schemas['RateOut']
export type QualityFigure = Schemas['QualityFigureOut']
export type Quality = Schemas['QualityOut']
export type Sample = Narrowed<Schemas['SampleOut'], { geometry: MultiPolygon | Polygon }>
export type SamplePage = Narrowed<Schemas['SampleList'], { items: Sample[] }>
export type SampleVerdict = NonNullable<Sample['verdict']>
export type MissedKind = NonNullable<Sample['missed_kind']>
export type Drawn = Schemas['DrawnOut']

export type Import = Schemas['ImportOut']
export type Imports = Schemas['ImportList']
export type ImportFault = Schemas['ImportFaultOut']
export type ImportPreview = FeatureCollection<Geometry, { row: number; code: string | null; state: 'wrong' | 'repaired' | 'sound'; zh: string | null; en: string | null }>

export type Figure = Schemas['FigureOut']
export type HalfYear = Schemas['HalfYearOut']
export type FigureRow = Schemas['RowOut']
export type Violations = Schemas['ViolationsOut']
export type ControlCell = Schemas['CellOut']

export type BulletinShort = Schemas['BulletinShort']
export type BulletinAct = Schemas['BulletinOut']['acts'][number]
export type BulletinChoices = Schemas['ChoicesOut']
export type Bulletin = Narrowed<Schemas['BulletinOut'], { content: { chosen: { structures: number[]; exposures: number[] }; area: { code: string; name: string }; composed_on: string } }>
