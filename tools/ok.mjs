/** `npm run ok`: every check that needs no database, no Git server and no cluster; the same ones that CI runs. */
import { okGates } from './gates/ok-gates.mjs'
import { runGates } from './gates/run-gates.mjs'

const results = await runGates(okGates)
const failed = results.filter((result) => !result.passed)
if (failed.length > 0) {
  process.stdout.write(`Not ok: ${failed.map((result) => result.name).join(', ')}\n`)
  process.exit(1)
}
process.stdout.write('ok\n')
