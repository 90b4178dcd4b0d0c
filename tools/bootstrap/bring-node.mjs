import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from './paths.mjs'
import { runNpm } from './run-npm.mjs'
import { BootstrapError, say } from './say.mjs'

const VERSION = '24.21.0'
const OLDEST = [22, 19]

/** Is this version new enough to run the product? Older ones cannot even import some of its packages. */
export function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/**
 * The Node to use: the running one when it is new enough, otherwise version 24 from its npm package in the user's
 * cache (about 190 MB, fetched once). Answers the folder and the path of the program.
 */
export async function bringNode() {
  if (isNewEnough(process.version)) return { bin: dirname(process.execPath), program: process.execPath }
  const prefix = join(cacheFolder(), 'node')
  const bin = join(prefix, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  const node = { bin, program: join(bin, 'node') }
  if (!existsSync(node.program)) await fetchNode(prefix, node)
  return node
}

async function fetchNode(prefix, node) {
  const name = `node-${process.platform}-${process.arch}@${VERSION}`
  say(`Node ${process.version} is too old (>= ${OLDEST.join('.')} is needed); fetching ${name}, once`)
  await mkdir(prefix, { recursive: true })
  const args = [
    'install',
    '--prefix',
    prefix,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    name,
  ]
  const { code, words } = await runNpm(args, { cwd: prefix })
  if (code === 0 && existsSync(node.program)) return
  throw new BootstrapError(
    `Cannot fetch Node ${VERSION} from the npm package ${name}: npm said:\n${words}\n` +
      'Check the network and the npm registry setting, or put Node >= 22.19 first on the PATH, then run the same command again.',
  )
}
