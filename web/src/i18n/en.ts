/** Every text of the page in English. */
import type { Messages } from './zh-CN'

const en: Messages = {
  app: { name: 'Chengtu', field: 'Chengtu · Field', demo: 'Demo data', demoHint: 'Shapes and people are synthetic demonstration data', skip: 'Skip to the map', map: 'Map' },
  common: {
    close: 'Close', cancel: 'Cancel', ok: 'OK', retry: 'Try again', copy: 'Copy', copied: 'Copied', copyFailed: 'Could not copy; select it by hand', none: 'None', yes: 'Yes', no: 'No',
    loading: 'Loading', more: 'More', back: 'Back', delete: 'Delete', all: 'All', unknown: 'Unknown', open: 'Open', count: '{n} items', of: '{a} / {b}', unset: 'Not given', optional: 'optional',
    resize: 'Drag to change the width', sheet: 'Drag or tap to change the height', synthetic: 'Demo', undo: 'Undo', save: 'Save',
  },
  units: { m: 'm', km: 'km', m2: 'm²', mu: 'mu', ha: 'ha', km2: 'km²', percent: '%', seconds: '{n} s', minutes: '{n} min', hours: '{n} h', ago: '{n} ago', justNow: 'just now' },
  top: { language: '中文', languageShort: '中', languageHint: 'Switch to Chinese', dark: 'Dark', light: 'Light', themeHint: 'Switch between dark and light', signIn: 'Sign in', person: 'Account', shortcuts: 'Keyboard shortcuts', menu: 'Menu' },
  panels: { layers: 'Layers', candidates: 'Suspected', surveys: 'Surveys', statistics: 'Figures', selected: 'Selected', collapse: 'Collapse the panel', expand: 'Open the panel' },
  layers: {
    tree: 'Groups', stack: 'Order', count: '{n}', zoomTo: 'Zoom to layer', opacity: 'Opacity', up: 'Move up', down: 'Move down', show: 'Show {name}', options: 'Options of {name}', none: 'No layers to see',
    noneHint: 'Sign in to see the layers of your role.', stackHint: 'Top to bottom as drawn; drag or use the arrows.', stackEmpty: 'No layer is shown', stackEmptyHint: 'Tick layers under “Groups”, then set their order here.',
    from: 'Drawn from zoom {zoom}', find: 'Find a layer', visible: '{n} of {total} shown', hideAll: 'Hide all', reset: 'Reset', legend: 'Legend', otherState: 'Other', empty: 'No data yet',
  },
  ground: { title: 'Basemap', none: 'Plain', vec: 'Street map', img: 'Satellite', noKey: 'No Tianditu key is set; plain ground', failed: 'Tianditu cannot be reached; showing a plain ground. The platform’s own layers are not affected.', again: 'Reconnect', credit: 'Tianditu' },
  flights: { title: 'Flight', none: 'Off', empty: 'No flights yet', signIn: 'Sign in to see flights', pick: 'Choose which flight’s imagery is shown', previous: 'Earlier flight', next: 'Later flight', zoomTo: 'Zoom to flight' },
  search: {
    placeholder: 'Search code, name, address or coordinates', label: 'Search', none: 'Nothing found for “{q}”', noneHint: 'Try a code, a name, an address, lon/lat (116.52, 31.75) or grid coordinates (454520, 3514232).', coordinate: 'Coordinates', results: '{n} results', clear: 'Clear',
  },
  status: {
    cursor: 'Cursor', lonlat: 'Lon/lat', plane: 'Gauss-Krüger', copyLonlat: 'Copy CGCS2000 longitude and latitude', copyPlane: 'Copy CGCS2000 3-degree grid coordinates (EPSG:4548)', zoom: 'Zoom', zoomIn: 'Zoom in', zoomOut: 'Zoom out', home: 'Whole district', measure: 'Measure',
    east: 'E', north: 'N', scale: 'Scale', hint: 'Press C to copy the cursor position',
  },
  measure: {
    title: 'Measure', line: 'Distance', area: 'Area', clear: 'Clear', finish: 'Double-click to finish, Esc to leave, Backspace removes the last point', start: 'Click on the map to begin', length: 'Length', perimeter: 'Perimeter', surface: 'Area', note: 'Computed in the CGCS2000 3-degree plane (EPSG:4548)', selfCrossing: 'The outline crosses itself; the area is not valid',
  },
  feature: {
    attributes: 'Attributes', history: 'History', zoomTo: 'Zoom to', copyLink: 'Copy link', linkCopied: 'Link copied', here: '{n} things here', personal: 'Contains personal data: for enforcement use only, do not pass on', personalField: 'Personal data', hidden: '{n} more not given', showEmpty: 'Show empty', hideEmpty: 'Hide empty',
    gone: 'This feature was not found', goneHint: 'It may have been deleted, or your role may not see it.', version: 'Version {n}', nobody: 'System', noHistory: 'No changes yet', noHistoryHint: 'Every later change is recorded here: who, when, and what.', created: 'Created', updated: 'Changed', deleted: 'Deleted', from: 'was', to: 'now', geometry: 'Shape', geometryChanged: 'Shape changed', initial: '{n} values entered',
    reviewThis: 'Review', flight: 'Open survey', siteCheck: 'An image is a clue: a check on site must come before any filing.',
  },
  candidates: {
    title: 'Suspected structures', empty: 'No suspected structure matches', emptyHint: 'Loosen the filter, or upload a new survey: what changed since the last one appears here.', filter: 'Filter', status: 'Status', kind: 'Change', survey: 'Survey', sort: 'Sort', sortPriority: 'Most pressing first', sortConfidence: 'Most confident first', sortArea: 'Largest first', sortCode: 'By code', start: 'Start review', resume: 'Continue review', total: '{n} in all', loadMore: 'Load {n} more',
    kinds: { new: 'New', demolished: 'Demolished', extended: 'Extended', rebuilt: 'Rebuilt', changed: 'Changed' },
    statuses: { pending: 'To review', accepted: 'Accepted', rejected: 'Rejected' },
    methods: { learned: 'Learned model', surface: 'Height difference', fused: 'Model and heights', difference: 'Image difference' },
    states: { appeared: 'First seen', grew: 'Grew', unchanged: 'Unchanged', gone: 'Gone' },
    dismissals: { permitted: 'Within a valid permit', rejected_before: 'Rejected before' },
    priority: 'Priority', model: 'Detection model', noModel: 'No learned model used', cutAt: '{model} (cut at {threshold})', follows: 'Follows', growthCheck: 'Has it grown?', story: 'Flight by flight', until: 'until {day}, {n} flights',
    aside: '{n} more set aside', asideShow: 'Show', asideShown: '{n} set aside', asideBack: 'Back to the queue ({n})', asideTitle: 'Set aside', asideEmpty: 'Nothing is set aside', asideEmptyHint: 'What a valid permit covers, or what was rejected on the same ground before, comes here and can be put back at any time.', because: '{why} ({code})', rejectedAs: 'Rejected before as “{reason}”',
    putBack: 'Put back', putBackDone: '{code} is back in the queue', putBackBy: 'Was set aside: {why}; put back by {by}, {at}',
    area: 'Area', height: 'Height change', confidence: 'Confidence', grid: 'Grid', division: 'Township', permit: 'Permit', planningArea: 'Planning area', known: 'Known structure', method: 'Method', registered: 'Registered', registeredTo: 'residual {metres}', unregistered: 'Not reliable, take as a hint', noPermit: 'No permit found', noKnown: 'None', noHeight: 'Not measured',
  },
  review: {
    title: 'Review', leave: 'Leave review', before: 'Before', after: 'After', noBefore: 'No earlier imagery', noBeforeHint: 'This is the first survey here; there is nothing to compare.', noAfter: 'Imagery not ready', divider: 'Divider between before and after; move it with the arrow keys', swipe: 'Swipe', side: 'Side by side', flicker: 'Flicker', previous: 'Previous', next: 'Next', accept: 'Accept', reject: 'Reject', undo: 'Undo', reason: 'Why rejected?', reasonHint: 'Press 1–9',
    position: '{a} / {b}', done: 'All of these are done', doneHint: 'Change the filter, or wait for the next survey.', zoomTo: 'Back to the structure', outline: 'Outline',
    accepted: '{code} accepted; it now stands on the illegal-building layer as “to be checked on site”. An image is a clue, not proof: a check on site must come before any filing.', acceptedOnly: '{code} accepted. An image is a clue, not proof: it must be checked on site.', seeBuilding: 'Open {code}', rejected: '{code} rejected: {reason}', undone: 'Verdict on {code} undone',
    conflict: 'Somebody else handled {code} first', conflictHint: 'Your verdict was not written and theirs was not overwritten. The latest state is shown; please judge again.', already: 'Now: {status} ({by}, {at})', noRight: 'You may look but not review. The administrator grants the reviewer role.', nothingToUndo: 'Nothing to undo', note: 'Note', history: 'Verdicts', reviewedAs: 'Already judged: {status}', showingAfter: 'Showing after', showingBefore: 'Showing before', facts: 'About this structure', pictures: 'Before and after', shortcuts: 'Keyboard shortcuts',
    reasons: { shadow: 'Shadow', vehicle: 'Vehicle', tarpaulin: 'Tarpaulin or shade net', crop: 'Crop or tree', permitted: 'Has a permit', not_building: 'Not a building', misaligned: 'Images misaligned', duplicate: 'Duplicate', other: 'Other' },
    verdicts: { accept: 'Accepted', reject: 'Rejected', undo: 'Undone' },
  },
  surveys: {
    title: 'Surveys', upload: 'Upload survey', empty: 'No surveys yet', emptyHint: 'Upload an orthophoto (GeoTIFF): it is checked, aligned, and compared with the flight before.', emptyGuest: 'Sign in as a drone crew to upload.', flown: 'Flown on', code: 'Code', resolution: 'Resolution', crs: 'Coordinate system', baseline: 'Compared with', alignment: 'Alignment', shift: 'Shift', residual: 'Residual', unreliable: 'Alignment is not reliable; treat suspicions with care', files: 'Files', first: 'First flight, nothing to compare',
    statuses: { draft: 'To upload', queued: 'Queued', processing: 'Processing', done: 'Done', refused: 'Refused', failed: 'Failed' },
    stages: { check: 'Check file', prepare: 'Prepare imagery', baseline: 'Choose baseline', align: 'Align', detect: 'Detect change', record: 'Record structures' },
    stageStatuses: { waiting: 'waiting', running: 'running', done: 'done', failed: 'failed' },
    left: 'about {time} left', show: 'Show imagery', zoomTo: 'Zoom to footprint', retry: 'Process again', deleteAsk: 'Delete “{name}”? Its uploaded files go too; this cannot be undone.', deleted: 'Deleted', candidates: 'Suspected: {pending} to review, {accepted} accepted, {rejected} rejected', aside: ', {n} set aside', see: 'See suspected structures', errorId: 'Error id', kinds: { ortho: 'Orthophoto', dsm: 'Surface model' }, createdBy: 'Registered by {who}, {at}', resume: 'Continue upload',
  },
  upload: {
    title: 'Upload survey', name: 'Name', namePlaceholder: 'e.g. Sanshipu, June', flown: 'Flown on', ortho: 'Orthophoto (GeoTIFF)', orthoHint: '.tif / .tiff with a coordinate system, better than 0.2 m if possible', dsm: 'Surface model (GeoTIFF)', dsmHint: 'Gives height change and is not fooled by shadows', choose: 'Choose file', change: 'Change', drop: 'Drop here, or click to choose', start: 'Start upload', pause: 'Pause', resume: 'Resume', checksum: 'Compute a SHA-256 checksum before upload', hashing: 'Computing checksum', done: 'Uploaded; processing', close: 'Continue in background', closeHint: 'You may close this window. After closing the page, choose the same file again to go on where it stopped.',
    speed: '{speed}/s', left: 'about {time} left', paused: 'Paused', waiting: 'Waiting', sent: '{a} of {b} sent', interrupted: 'Connection lost; trying again', unfinished: 'An upload is not finished', unfinishedHint: '“{name}” is {percent} uploaded. Choose the same file to go on where it stopped.', forget: 'Discard', tooBig: 'The file is larger than {max}', notTiff: 'Please choose a GeoTIFF (.tif or .tiff)', needName: 'Please give a name', needDate: 'Please choose the date flown', needOrtho: 'Please choose the orthophoto', refused: 'The file was not accepted', refusedHint: 'Nothing on the platform has changed. Mend the file as said above and upload again.', failed: 'The upload did not finish', failedHint: 'What was sent is kept on the server; you can go on.', quote: 'Error id', another: 'Upload another', otherFile: 'This is not the same file: expected {name} ({size})', noRight: 'Uploading needs the drone-crew role; the administrator grants it.', remove: 'Remove',
  },
  people: {
    signIn: 'Sign in', name: 'User name', password: 'Password', submit: 'Sign in', signOut: 'Sign out', wrong: 'Wrong user name or password', signedInAs: '{name}', roles: { public: 'Public', planner: 'Planner', inspector: 'Inspector', crew: 'Drone crew', reviewer: 'Reviewer', officer: 'Enforcement officer', administrator: 'Administrator' }, area: 'Area', everywhere: 'Whole district', showPassword: 'Show password', hidePassword: 'Hide password', help: 'Forgotten your password, or no account? Ask the administrator.', expired: 'Your session has ended; please sign in again',
  },
  statistics: { title: 'Half-year figures', year: 'Year', first: 'First half', second: 'Second half', period: '{half} of {year}', figure: 'Figure', value: 'Value', basis: 'Numerator / denominator', note: 'Note', empty: 'No records in this half-year', emptyHint: 'Try another period.', computed: 'Computed from single records, with numerator and denominator; no rate is copied from elsewhere.', seeLayer: 'Show on map', refresh: 'Compute again' },
  quality: {
    title: 'Detection quality', halfYear: 'Half-year figures', views: 'Which figures', by: 'Grouped by', empty: 'No candidates yet', emptyHint: 'Once two surveys were compared and candidates reviewed, this shows the detector’s precision and recall in this district.', divisions: 'Township', kinds: 'Change', models: 'Model', all: 'All', row: { divisions: 'Township', kinds: 'Change', models: 'Model version' }, noDivision: 'In no township', noModel: 'Model not recorded',
    precision: 'Precision', recall: 'Recall', precisionHint: 'accepted ÷ (accepted + rejected)', recallHint: 'found ÷ (found + estimated missed)', interval: '95 % interval {low}–{high}', tooFew: 'too few samples', notReviewed: 'not reviewed', about: 'about {n}',
    basisEmpty: '{population} empty places ({side} square), {judged} judged, something missed in {missed}', basisRejected: '{population} rejected candidates, {judged} looked at again, {missed} wrong', basis: 'What the estimate rests on', method: 'Intervals: precision after Wilson (1927); recall from the Wilson intervals of its strata (Zou and Donner 2008). What was missed is inferred from random samples, so the denominator need not be whole.',
    waiting: '{n} samples to judge', start: 'Start judging', none: 'No sample waits', draw: 'Draw samples', drawHint: 'At random from compared surveys, in proportion to the townships; the same seed draws the same samples.', drawEmpty: 'Empty places', drawRejected: 'Rejected', drawDo: 'Draw', drawn: '{empty} empty places and {rejected} rejected candidates drawn (seed {seed})', noRight: 'Drawing and judging takes the reviewer or administrator role.',
    mode: 'Judge samples', leave: 'Leave', askEmpty: 'Was anything built or pulled down within the frame that was missed?', askRejected: 'This was rejected once. Judge for yourself: was anything built or pulled down?', place: 'Sample', sorts: { empty: 'Empty place', rejected: 'Rejected candidate' }, survey: 'Surveys', judgedBy: '{by}, {at}', missedWhat: 'How many, and mostly what?', missedHint: 'Press 1–5', fewer: 'One fewer', more: 'One more', structures: '{n} missed', done: 'All samples are judged', doneHint: 'Recall has been estimated anew.', own: 'You rejected this candidate; another reviewer judges it.', conflict: 'Somebody else judged this sample first; yours was not written.', frame: 'Frame', backTo: 'Back to the sample',
    verdicts: { nothing: 'Nothing', missed: 'Missed', unclear: 'Unclear' }, kindsMissed: { new: 'New', extended: 'Extended', rebuilt: 'Rebuilt', demolished: 'Demolished', changed: 'Other change' },
  },
  errors: {
    network: 'The server cannot be reached', networkHint: 'Layers and what you typed are still here. Check the network and try again.', page: 'Something went wrong in the page', generic: 'It did not work', genericHint: 'No data was changed; you can try again.', id: 'Error id {id}', signIn: 'Sign in needed', signInHint: 'Sign in to see this part.', forbidden: 'No permission', forbiddenHint: 'The administrator grants this permission.', missing: 'Not found', server: 'The server had a fault', serverHint: 'No data was changed. If it persists, give the error id to the administrator.', map: 'This device cannot draw the map', mapHint: 'WebGL is off. Use a recent browser or turn on hardware acceleration.',
  },
  shortcuts: {
    title: 'Keyboard shortcuts', everywhere: 'Anywhere', review: 'While reviewing', sampling: 'While judging samples', missed: 'Something missed, then 1–5 for what', search: 'Search', panel: 'Collapse or open the panel', help: 'Show shortcuts', measure: 'Measure', copy: 'Copy cursor position', escape: 'Leave what you are doing', tabs: 'Layers, suspected, surveys, figures', flights: 'Earlier, later flight', zoom: 'Zoom in, out', nextPrevious: 'Next, previous', accept: 'Accept', reject: 'Reject, then 1–9 for the reason', undo: 'Undo', swipe: 'Swipe or side by side', flicker: 'Flicker between the dates', divider: 'Move the divider', centre: 'Back to the structure', theme: 'Dark or light', space: 'Space', home: 'Whole district',
  },
  field: {
    locate: 'Which grid am I in', locating: 'Locating', again: 'Locate again', accuracy: 'Accuracy ±{m}', grid: 'Grid', owner: 'Owner', manager: 'Manager', differ: 'Owner and manager differ', differHint: 'Managed day to day by {manager}; owned by {owner}.', boundary: 'To the grid boundary', outside: 'Not in any grid', outsideHint: 'This place is outside the district’s unit grids.', division: 'Township', denied: 'No permission to locate', deniedHint: 'Allow the browser to use your position, or tap the map.', unavailable: 'Position not available', unavailableHint: 'Try in the open, or tap the map.', near: 'Closer to the boundary than the accuracy: it may be the next grid', pick: 'Tap the map to ask about any point', contrast: 'High contrast', full: 'Full map', coordinates: 'Coordinates', picked: 'Picked on the map', located: 'Your position', insecure: 'Locating needs a secure connection (https)',
  },
}

export default en
