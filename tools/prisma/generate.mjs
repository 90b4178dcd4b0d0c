/** Generates the Prisma client. Generation is WASM: the path of the schema engine only has to exist, nothing is downloaded. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const engine = ['/bin/true', '/usr/bin/true'].find((path) => existsSync(path)) ?? process.execPath
const result = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/prisma/build/index.js'),
    'generate',
    '--schema',
    join(root, 'prisma/schema.prisma'),
    '--no-hints',
  ],
  {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: engine,
      CHECKPOINT_DISABLE: '1',
      NO_UPDATE_NOTIFIER: '1',
    },
  },
)
if (result.status !== 0) {
  process.stderr.write(`Cannot generate the Prisma client:\n${result.stdout}${result.stderr}`)
  process.exit(result.status ?? 1)
}
