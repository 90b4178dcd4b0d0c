/**
 * The one door into the project: `node tools/bootstrap.mjs start|test|ok|build|generate|format|bench|faults [args…]`.
 * Plain JavaScript on built-in modules only, because it runs before anything is installed and on any Node >= 20.
 * It brings the right Node, the packages, the generated client and the build (each only when out of date),
 * then runs the command. All progress goes to standard error: standard output belongs to the command.
 */
import { join } from 'node:path'
import { bringNode } from './bootstrap/bring-node.mjs'
import { buildWhenStale } from './bootstrap/build.mjs'
import { generateWhenStale } from './bootstrap/generate.mjs'
import { installWhenStale } from './bootstrap/install-packages.mjs'
import { root } from './bootstrap/paths.mjs'
import { withPrepareLock } from './bootstrap/prepare-lock.mjs'
import { runCommand } from './bootstrap/run-command.mjs'
import { BootstrapError } from './bootstrap/say.mjs'

/** `ok` and `test` do not build first: a compile error is one of their findings, not a reason to stop before them. */
const COMMANDS = {
  // Node would let short-lived objects take 134 MB before it looks which of them are still needed.
  start: { build: true, file: 'dist/quickstart/start.js', flags: ['--max-semi-space-size=16'] },
  bench: { build: true, file: 'dist/bench/main.js' },
  faults: { build: true, file: 'tools/faults.mjs' },
  build: { build: true },
  generate: { build: true, regenerate: true, file: 'tools/check-generated.mjs', args: ['--write'] },
  format: { build: false, file: 'node_modules/prettier/bin/prettier.cjs', args: ['--write', '.'] },
  ok: { build: false, file: 'tools/ok.mjs' },
  test: { build: false, file: 'tools/test.mjs' },
}

const [name = '', ...args] = process.argv.slice(2)
const command = COMMANDS[name]
if (command === undefined) {
  process.stderr.write(`usage: node tools/bootstrap.mjs ${Object.keys(COMMANDS).join('|')} [arguments]\n`)
  process.exit(2)
}

try {
  const node = await bringNode()
  await withPrepareLock(() => prepare(node, command))
  if (command.file !== undefined) {
    runCommand(node, [...(command.flags ?? []), join(root, command.file), ...(command.args ?? []), ...args])
  }
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

async function prepare(node, { build, regenerate = false }) {
  await installWhenStale(node)
  await generateWhenStale(node, regenerate)
  if (build) await buildWhenStale(node)
}
