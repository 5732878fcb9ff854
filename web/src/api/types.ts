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
export type Handed = Narrowed<Schemas['NextOut'], { item: Candidate | null; ahead: Candidate | null }>
export type CandidatePage = Narrowed<Schemas['CandidateList'], { items: Candidate[] }>
export type CandidateKind = Candidate['kind']
export type CandidateStatus = Candidate['status']
export type Held = Schemas['HeldOut']
export type Progress = Schemas['ProgressOut']
export type ReviewSettings = Schemas['ReviewSettingsOut']
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

export type IncidentShort = Schemas['IncidentShort']
export type IncidentPage = Schemas['IncidentList']
export type Incident = Schemas['IncidentOut']
export type IncidentAct = Schemas['IncidentActOut']
export type IncidentRequest = Schemas['IncidentRequestOut']
export type IncidentFilter = Schemas['FilterOut']
export type IncidentFigures = Schemas['FiguresOut']
export type IncidentRate = Schemas['RateTermsOut']
export type Category = Schemas['CategoryOut']
export type Handler = Schemas['HandlerOut']
export type Similar = Schemas['SimilarList']
export type Hotspots = Narrowed<Schemas['HotspotsOut'], { features: Feature<Polygon, { n: number }>[] }>

export type Figure = Schemas['FigureOut']
export type HalfYear = Schemas['HalfYearOut']
export type HalfYearPeriod = Schemas['HalfYearPeriodOut']

export type Task = Narrowed<Schemas['TaskOut'], { geometry: MultiPolygon | Polygon }>
export type TaskPage = Narrowed<Schemas['TaskList'], { items: Task[] }>
export type TaskFull = Narrowed<Schemas['TaskFullOut'], { geometry: MultiPolygon | Polygon }>
export type Conclusion = Task['conclusions'][number]
export type SiteCheckFull = Schemas['SiteCheckFullOut']
export type FoundIn = Schemas['FoundIn']
export type PhotographAnswer = Schemas['PhotographOut']

export type Alarm = Narrowed<Schemas['AlarmOut'], { bbox: Bounds }>
export type AlarmPage = Narrowed<Schemas['AlarmList'], { items: Alarm[] }>
export type AlarmKind = Alarm['kind']
export type CasePage = Schemas['CaseList']
export type CaseShort = Schemas['CaseShort']
export type CaseFile = Schemas['CaseOut']
export type CaseRef = Schemas['CaseRef']
export type CaseState = CaseShort['status']
export type CaseAct = Schemas['ActOut']
export type CaseWord = Schemas['WordOut']
export type CaseStep = Schemas['StepOut']
export type Said = Schemas['SaidOut']
export type Deadline = Schemas['DeadlineOut']
export type Light = Deadline['light']
export type Due = Schemas['DueOut']
export type Consequence = Schemas['ConsequenceOut']
export type Granting = Schemas['GrantingOut']
export type WaitingRequest = Schemas['WaitingOut']
export type CaseRequest = Schemas['RequestOut']
export type SiteCheck = Schemas['SiteCheckOut']
export type SiteCheckWish = Schemas['SiteCheckIn']
export type Filing = Schemas['FilingOut']
export type FilingWish = Schemas['FileIn']
export type EnforcementOrder = Schemas['OrderOut']['enforcement_order']
export type HolidayYear = Schemas['YearOut']

export type CaseDocuments = Schemas['CaseDocumentsOut']
export type CaseDocument = Schemas['DocumentOut']
export type DocumentKind = Schemas['DocumentKindOut']
export type DocumentOptions = Schemas['DocumentOptionsOut']
export type ApiKey = Schemas['KeyOut']
export type ApiKeys = Schemas['KeyList']
export type ApiKeyMade = Schemas['KeyMade']
export type DocumentTemplates = Schemas['TemplateList']
export type DocumentTemplate = Schemas['TemplateOut']
export type FigureRow = Schemas['RowOut']
export type Violations = Schemas['ViolationsOut']
export type ControlCell = Schemas['CellOut']

export type BulletinShort = Schemas['BulletinShort']
export type BulletinAct = Schemas['BulletinOut']['acts'][number]
export type BulletinChoices = Schemas['ChoicesOut']
export type Bulletin = Narrowed<Schemas['BulletinOut'], { content: { chosen: { structures: number[]; exposures: number[] }; area: { code: string; name: string }; composed_on: string } }>
