/** What the phone keeps until the server has it (IndexedDB): answers, photographs, and the last list of tasks. */
import type { Conclusion, FoundIn, Position, Task, TaskPage, Text } from '@/api/types'

/** Answers about one building. `waiting`: to be sent; `refused`: the server said why not, a person has to look. */
export interface Draft {
  clientId: string
  /** The sign-in name of who answers: nobody else's account may send it. */
  person: string
  task: Task
  state: 'draft' | 'waiting' | 'refused'
  refusal: Text | null
  conclusion: Conclusion | null
  checkedAt: string | null
  place: Position | null
  length: string
  width: string
  area: string
  height: string
  storeys: string
  use: NonNullable<FoundIn['use']> | ''
  material: NonNullable<FoundIn['material']> | ''
  note: string
}

/** One photograph, its bytes as the camera gave them. `id`: its number once the server has it. */
export interface Shot {
  key: string
  clientId: string
  blob: Blob
  digest: Uint8Array | null
  at: string
  id: number | null
}

type Store = 'drafts' | 'shots' | 'lists'
const KEYS: Record<Store, string> = { drafts: 'clientId', shots: 'key', lists: 'person' }
let opened: Promise<IDBDatabase> | null = null

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

function database(): Promise<IDBDatabase> {
  opened ??= (() => {
    const request = indexedDB.open('chengtu-field', 1)
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(KEYS)) request.result.createObjectStore(name, { keyPath })
    }
    return settled(request)
  })()
  opened.catch(() => { opened = null })
  return opened
}

/** Resolves when the bytes are with the disk, not only with the browser. */
async function writing(stores: Store[], act: (transaction: IDBTransaction) => void): Promise<void> {
  const transaction = (await database()).transaction(stores, 'readwrite', { durability: 'strict' })
  act(transaction)
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
}

async function all<T>(store: Store): Promise<T[]> {
  return settled((await database()).transaction(store).objectStore(store).getAll() as IDBRequest<T[]>)
}

export const drafts = (): Promise<Draft[]> => all<Draft>('drafts')
export const shots = (): Promise<Shot[]> => all<Shot>('shots')
/** Vue's proxies cannot be stored: what is kept is a plain copy. */
export const keepDraft = (draft: Draft): Promise<void> => writing(['drafts'], (to) => to.objectStore('drafts').put(JSON.parse(JSON.stringify(draft)) as Draft))
export const keepShot = (shot: Shot): Promise<void> => writing(['shots'], (to) => to.objectStore('shots').put({ ...shot }))
export const dropShot = (key: string): Promise<void> => writing(['shots'], (to) => to.objectStore('shots').delete(key))

/** Forgets answers and photographs together, once the server has confirmed them. */
export const forget = (clientId: string, keys: string[]): Promise<void> =>
  writing(['drafts', 'shots'], (to) => {
    to.objectStore('drafts').delete(clientId)
    for (const key of keys) to.objectStore('shots').delete(key)
  })

/** A list of tasks and when the server gave it; older ones do not say. */
export interface Kept {
  person: string
  page: TaskPage
  at?: string
}
export const keepList = (list: Kept): Promise<void> => writing(['lists'], (to) => to.objectStore('lists').put(list))
export const keptList = async (person: string): Promise<Kept | null> => (await all<Kept>('lists')).find((each) => each.person === person) ?? null
export const forgetLists = (): Promise<void> => writing(['lists'], (to) => to.objectStore('lists').clear())
