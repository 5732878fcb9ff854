/** Keeps the page for where there is no network, and keeps it new: an older build never outlives the next opening. */
import { say } from '@/i18n'
import { dismiss, tell } from '@/shell/notes'

/** How long the offer stands (seconds); after that the next opening takes the new build. */
const OFFER_S = 900

let offered = 0
const offer = (run: () => void): void => {
  dismiss(offered)
  offered = tell({ kind: 'ok', text: say('field.newer'), detail: say('field.newerHint'), act: { title: say('field.reload'), run } }, OFFER_S)
}

export async function keepPage(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined // missing over plain http
  if (!workers || !import.meta.env.PROD) return
  const registration = await workers.register('/field/worker.js', { scope: '/m', updateViaCache: 'none' })
  let asked = false
  const take = (next: ServiceWorker): void => {
    asked = true
    next.postMessage('take over')
  }
  const announce = (next: ServiceWorker | null): void => next?.addEventListener('statechange', () => {
    if (next.state === 'installed' && workers.controller) offer(() => take(next))
  })
  workers.addEventListener('controllerchange', () => {
    if (asked) location.reload()
    else offer(() => location.reload()) // another page of this phone has taken it
  })
  if (registration.waiting) return take(registration.waiting) // nothing was begun yet: at once
  announce(registration.installing)
  registration.addEventListener('updatefound', () => announce(registration.installing))
  // on the home screen a page stays open for days
  const look = (): void => { if (!document.hidden) registration.update().catch(() => undefined) }
  document.addEventListener('visibilitychange', look)
  addEventListener('online', look)
}
