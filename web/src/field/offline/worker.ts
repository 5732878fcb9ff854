/**
 * The service worker of the phone page: opens it without a network, and nothing else.
 *
 * It answers for the page's address and for the files of its build, whose list the build writes in; answers of the
 * server (`/api`, tiles) pass it by. A new build is fetched whole before it is used, and takes over when the page says
 * so (fresh.ts); the files of older builds are deleted then.
 */
interface Lasting extends Event { waitUntil(until: Promise<unknown>): void }
interface Asked extends Lasting { readonly request: Request; respondWith(answer: Promise<Response>): void }
interface ServiceWorkerScope {
  addEventListener(kind: 'install' | 'activate', act: (event: Lasting) => void): void
  addEventListener(kind: 'fetch', act: (event: Asked) => void): void
  addEventListener(kind: 'message', act: (event: MessageEvent) => void): void
  skipWaiting(): Promise<void>
}
/** Written by the build (precache.ts): a digest of the files, and their addresses. */
declare const __FIELD_BUILD__: { version: string; files: string[] }

const worker = self as unknown as ServiceWorkerScope
const { version, files } = __FIELD_BUILD__
const PAGE = '/m'
const OURS = 'chengtu-field-'
const name = OURS + version
const known = new Set(files)

async function take(): Promise<void> {
  const cache = await caches.open(name)
  await cache.addAll([new Request(PAGE, { cache: 'reload' }), ...files])
}

async function forgetOlder(): Promise<void> {
  const older = (await caches.keys()).filter((each) => each.startsWith(OURS) && each !== name)
  await Promise.all(older.map((each) => caches.delete(each)))
}

async function answer(request: Request, path: string): Promise<Response> {
  // the server varies its answers by compression only, and what is kept is unpacked
  return (await caches.match(path, { cacheName: name, ignoreVary: true })) ?? fetch(request)
}

worker.addEventListener('install', (event) => event.waitUntil(take()))
worker.addEventListener('activate', (event) => event.waitUntil(forgetOlder()))
worker.addEventListener('message', ({ data }) => { if (data === 'take over') void worker.skipWaiting() })
worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== location.origin) return
  if (mode === 'navigate' ? pathname === PAGE : known.has(pathname)) event.respondWith(answer(event.request, pathname))
})

export {}
