import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError, reasonOf } from '../base/app-error.js'
import { HOLDINGS, keysFor, type KeyHolder } from '../vault/local/role-keys.js'
import { newVaultKey, openAllKeys, replaceKeyFile } from '../vault/local/vault-keys.js'
import type { VaultKeys } from '../vault/local/local-vault.js'

const USAGE = `Usage: make-keys --to FOLDER [--from FILE] [--rotate PURPOSE]

Writes the key file of each role to FOLDER, each with only what that role may hold, and internal-key when it is absent.
  --from FILE       all keys of the installation; made when absent. Default: FOLDER/all-keys.json.
                    An installation that ran in one process has them in state.dir/vault-keys.json.
  --rotate PURPOSE  first puts a new key in front of a ring: renders, git, clusters or login.
Keep the file with all keys apart from every process, and back it up: without it nothing sealed can be read again.
`

/** Makes, splits and rotates the keys of an installation. */
try {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      from: { type: 'string' },
      rotate: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) process.stdout.write(USAGE)
  else await makeKeys(values.to, values.from, values.rotate)
} catch (error) {
  process.stderr.write(`Error: ${reasonOf(error)}\n`)
  process.exit(20)
}

async function makeKeys(to: string | undefined, from: string | undefined, rotate: string | undefined) {
  if (to === undefined) throw new AppError('BAD_USER_INPUT', `Say where to write the files.\n${USAGE}`)
  await mkdir(to, { recursive: true, mode: 0o700 })
  const source = from ?? join(to, 'all-keys.json')
  let all = await openAllKeys(source)
  if (rotate !== undefined) {
    all = rotated(all, rotate)
    await replaceKeyFile(source, all)
  }
  for (const holder of Object.keys(HOLDINGS) as KeyHolder[]) {
    const file = join(to, `${holder}-keys.json`)
    await replaceKeyFile(file, keysFor(holder, all))
    process.stdout.write(`${file}\n`)
  }
  process.stdout.write(`${await internalKey(to)}\n`)
  process.stdout.write(`All keys are in ${source}: keep it apart and back it up.\n`)
}

/** For setting internal.key in every process; one that is there stays. */
async function internalKey(folder: string): Promise<string> {
  const file = join(folder, 'internal-key')
  try {
    await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return file
}

function rotated(all: VaultKeys, purpose: string): VaultKeys {
  const ring = Object.entries(all.rings).find(([name]) => name === purpose)?.[1]
  if (ring === undefined) {
    const purposes = Object.keys(all.rings).join(', ')
    throw new AppError('BAD_USER_INPUT', `There is no purpose "${purpose}": choose one of ${purposes}.`)
  }
  return { ...all, rings: { ...all.rings, [purpose]: [newVaultKey(), ...ring] } }
}
