import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, stateFolder } from './paths.mjs'
import { runProgram } from './run-program.mjs'
import { BootstrapError, say } from './say.mjs'

/** What is made from what. */
const GENERATED = {
  name: 'the database client',
  input: 'prisma/schema.prisma',
  script: 'tools/prisma/generate.mjs',
  output: 'src/store/prisma/generated',
}

/** Generates the database client when the schema or the lockfile (so the generator) changed since, or when asked to. */
export async function generateWhenStale(node, force) {
  const stampFile = join(stateFolder, 'generated-stamp')
  const stamp = await stampOf([GENERATED.input, GENERATED.script, 'package-lock.json'])
  const known = await readFile(stampFile, 'utf8').catch(() => undefined)
  if (!force && known === stamp && existsSync(join(root, GENERATED.output))) return
  say(`Generating ${GENERATED.name} from ${GENERATED.input}`)
  const { code, tail } = await runProgram(node.program, [GENERATED.script], { cwd: root, quiet: true })
  if (code !== 0)
    throw new BootstrapError(`Cannot generate ${GENERATED.name} from ${GENERATED.input}:\n${tail}`)
  await mkdir(stateFolder, { recursive: true })
  await writeFile(stampFile, stamp)
}

async function stampOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(join(root, file)))
  return hash.digest('hex')
}
