/**
 * `npm test`: everything that CI runs. The last line is `N passed, N failed[, N skipped]`: the tests of all vitest runs,
 * and each further gate as one.
 */
import { okGates, testGate } from './gates/ok-gates.mjs'
import { runGates, sumOf } from './gates/run-gates.mjs'

const gates = [
  ...okGates,
  { name: 'build', args: ['tools/bootstrap.mjs', 'build'] },
  // Its first run compiles the throw-away cluster for minutes: the progress is shown as it comes.
  testGate('integration tests', 'integration', { live: true }),
  { name: 'speed', args: ['tools/check-speed.mjs'], live: true },
]

const { passed, failed, skipped } = sumOf(await runGates(gates))
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
process.exitCode = failed > 0 ? 1 : 0
