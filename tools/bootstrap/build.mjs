import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { root, stateFolder } from './paths.mjs'
import { runProgram } from './run-program.mjs'
import { BootstrapError, say } from './say.mjs'

const FOLDERS = ['src', 'test', 'bench', 'quickstart']
const stampFile = join(stateFolder, 'build-stamp')
const dist = join(root, 'dist')

/** Compiles to `dist/` when a source is newer than the last good build, or came or went since. */
export async function buildWhenStale(node) {
  const sources = await filesBelow(FOLDERS, '.ts')
  const started = Date.now()
  if (await isFresh([...sources, 'tsconfig.json', 'package-lock.json'])) return
  say('Building')
  const args = [
    'node_modules/ts7/bin/tsc',
    '-p',
    '.',
    '--incremental',
    '--tsBuildInfoFile',
    'dist/.tsbuildinfo',
  ]
  const { code, tail } = await runProgram(node.program, args, { cwd: root, quiet: true })
  if (code !== 0) throw new BootstrapError(`Cannot build: the compiler said:\n${tail}`)
  await removeOrphans(sources)
  await mkdir(stateFolder, { recursive: true })
  await writeFile(stampFile, '')
  await utimes(stampFile, new Date(started), new Date(started))
  say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

async function isFresh(files) {
  if (!existsSync(join(dist, 'src'))) return false
  const built = (await stat(stampFile).catch(() => undefined))?.mtimeMs
  if (built === undefined) return false
  const times = await Promise.all(files.map(async (file) => (await stat(join(root, file))).mtimeMs))
  const compiled = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(dist, file.replace(/\.ts$/, '.js')))
  return times.every((time) => time < built) && compiled.every((file) => existsSync(file))
}

/** Output whose source is gone would still run, and its tests would still be found. */
async function removeOrphans(sources) {
  const wanted = new Set(sources.map((file) => file.replace(/\.ts$/, '.js')))
  const built = await filesBelow(
    FOLDERS.map((folder) => join('dist', folder)),
    '.js',
  )
  const orphans = built.filter((file) => !wanted.has(relative('dist', file)))
  for (const file of orphans) {
    await rm(join(root, file))
    await rm(join(root, `${file}.map`), { force: true })
  }
}

/** Paths from the root of the checkout. */
async function filesBelow(folders, suffix) {
  const found = []
  for (const folder of folders.filter((name) => existsSync(join(root, name)))) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      if (entry.isFile() && entry.name.endsWith(suffix) && !entry.name.endsWith('.d.ts')) {
        found.push(relative(root, join(entry.parentPath ?? entry.path, entry.name)))
      }
    }
  }
  return found
}
