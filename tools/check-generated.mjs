/**
 * Fails when committed generated text is not what the code generates; `--write` writes it (`npm run generate`).
 * The first argument is the folder of the compiled code.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './gates/run-gates.mjs'
import { conformancePage, CONCERNS_ROWS } from './reference/conformance-page.mjs'
import { schemaFaults } from './reference/schema-changes.mjs'
import { CONCERNS_ATTACKS, securityCases } from './reference/security-cases.mjs'
import { testTitles } from './reference/test-titles.mjs'

const [compiled = 'dist'] = process.argv.slice(2).filter((word) => word !== '--write')
const write = process.argv.includes('--write')

const { schemaTexts } = await import(pathToFileURL(join(root, compiled, 'src/api/print-schema.js')).href)
const { metricsPage } = await import(
  pathToFileURL(join(root, compiled, 'src/telemetry/metrics-page.js')).href
)
const conformance = conformancePage(
  await readJson('test/conformance/rows.json'),
  await testTitles(root, CONCERNS_ROWS),
)
const attacks = securityCases(
  await readJson('test/security/rows.json'),
  await testTitles(root, CONCERNS_ATTACKS),
  await readJson('test/security/cases.json').catch(() => ({})),
)
const api = await schemaTexts()
const changes = schemaFaults(
  await readText('src/api/released.graphql'),
  api.schema,
  await readText('docs/reference/schema-changes.md'),
)
const faults = [...conformance.faults, ...attacks.faults, ...changes]
if (faults.length > 0) process.stdout.write(`${faults.join('\n')}\n`)
const checked = [
  await settle('src/api/schema.graphql', api.schema),
  await settle('docs/reference/api.md', api.page),
  await settle('docs/reference/permissions.md', api.permissions),
  await settle('docs/operator/metrics.md', metricsPage()),
  await settle('docs/reference/conformance.md', conformance.page),
  await settle('test/security/cases.json', `${JSON.stringify(attacks.cases, null, 2)}\n`),
]
const stale = checked.includes(true)
if (stale) process.stdout.write('Run `npm run generate` and commit what it changes.\n')
process.exit(stale || faults.length > 0 ? 1 : 0)

function readText(path) {
  return readFile(join(root, path), 'utf8')
}

async function readJson(path) {
  return JSON.parse(await readText(path))
}

/** Writes or compares one file; answers whether it is out of date. */
async function settle(path, text) {
  const file = join(root, path)
  if (write) {
    await writeFile(file, text)
    return false
  }
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return false
  process.stdout.write(`${path} is not what the code generates\n`)
  return true
}
