/** Writes into the service worker of the phone page which files belong to that page, from what was built. */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Plugin } from 'vite'

const WORKER = 'field/worker.js'

/** The files that `page` reaches: those whose names it says, and those that are said in these. */
function reached(folder: string, page: string): string[] {
  const others = ['assets', 'field'].flatMap((sub) => readdirSync(join(folder, sub)).map((name) => `${sub}/${name}`)).filter((name) => name !== WORKER)
  const found = new Set<string>()
  const open = [page]
  for (let file = open.pop(); file; file = open.pop()) {
    const words = readFileSync(join(folder, file), 'utf8')
    for (const other of others) {
      if (found.has(other) || !words.includes(basename(other))) continue
      found.add(other)
      open.push(other)
    }
  }
  return [...found].toSorted()
}

export function precache(page: string): Plugin {
  let folder = ''
  return {
    name: 'precache',
    apply: 'build',
    configResolved({ root, build }) { folder = join(root, build.outDir) },
    closeBundle() {
      const files = reached(folder, page)
      const digest = createHash('sha256')
      for (const file of [page, ...files]) digest.update(file).update(readFileSync(join(folder, file)))
      const build = { version: digest.digest('hex').slice(0, 16), files: files.map((file) => `/${file}`) }
      const path = join(folder, WORKER)
      const code = readFileSync(path, 'utf8')
      if (!code.includes('__FIELD_BUILD__')) throw new Error(`${WORKER} has no place for the list of files`)
      writeFileSync(path, code.replace('__FIELD_BUILD__', JSON.stringify(build)))
    },
  }
}
