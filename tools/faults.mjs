/** Runs trials of faults in the build, from anywhere: `npm run faults -- --trials N` ends up here. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './bootstrap/paths.mjs'

const main = join(root, 'dist/test/faults/main.js')
if (!existsSync(main)) {
  process.stderr.write(`${main} is missing: build first (npm run build), or use npm run faults.\n`)
  process.exit(2)
}
await import(pathToFileURL(main).href)
