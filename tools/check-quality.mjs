/**
 * The ratchet: counts that may only get better than `quality.json` says. `--write` notes better ones
 * (never worse ones); a worse number is a decision and is edited by hand, with its reason in the commit.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesBelow, read } from './gates/names.mjs'
import { root as here } from './gates/run-gates.mjs'

const CAST = /\bas (?!const\b)[A-Za-z{(['"]/g

const write = process.argv.includes('--write')
const root = process.argv.slice(2).find((word) => word !== '--write') ?? here
const limits = JSON.parse(await read(root, 'quality.json'))
const counts = count(await sources())

const worse = Object.keys(limits).filter((key) => counts[key] > limits[key])
const better = Object.keys(limits).filter((key) => counts[key] < limits[key])
for (const key of worse)
  process.stdout.write(`${key} is ${counts[key]}, quality.json permits ${limits[key]}\n`)
for (const key of better)
  process.stdout.write(`${key} is ${counts[key]}, better than ${limits[key]}: lower it (--write)\n`)
if (write) {
  const kept = Object.keys(limits).map((key) => [key, Math.min(limits[key], counts[key])])
  await writeFile(join(root, 'quality.json'), `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`)
}
process.exit(worse.length > 0 ? 1 : 0)

/** The product's own code, without its tests. */
async function sources() {
  const paths = (await filesBelow(root, ['src'], /\.ts$/)).filter(
    (path) => !/\.(test|contract)\.ts$/.test(path),
  )
  return Promise.all(paths.map((path) => read(root, path)))
}

function count(texts) {
  const lengths = texts.map((text) => text.split('\n').length - 1).toSorted((a, b) => a - b)
  const total = Math.max(
    1,
    lengths.reduce((sum, length) => sum + length, 0),
  )
  const casts = texts.reduce((sum, text) => sum + castsIn(text), 0)
  const exemptions = texts.reduce(
    (sum, text) => sum + (text.match(/(?:oxlint|eslint)-disable/g)?.length ?? 0),
    0,
  )
  const nest = texts.filter((text) => /from '@nestjs\//.test(text)).length
  return {
    lintExemptions: exemptions,
    castsPerThousandLines: round((casts / total) * 1000),
    filesOver300Lines: lengths.filter((length) => length > 300).length,
    percentOfFilesImportingNest: round((nest / Math.max(1, texts.length)) * 100),
    medianFileLength: lengths[Math.floor(lengths.length / 2)] ?? 0,
  }
}

/** `as` in imports, exports and comments renames or speaks; elsewhere it silences the compiler. */
function castsIn(text) {
  const lines = text.split('\n').filter((line) => !/^\s*(?:import|export \{|\*|\/\/|\/\*\*)/.test(line))
  const code = lines.map((line) =>
    line
      .replace(/\/\/.*$/, '')
      .replace(/'[^']*'/g, "''")
      .replace(/`[^`]*`/g, '``'),
  )
  return code.reduce((sum, line) => sum + (line.match(CAST)?.length ?? 0), 0)
}

function round(value) {
  return Math.round(value * 10) / 10
}
