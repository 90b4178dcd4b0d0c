import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../base/app-error.js'
import { KEY_BYTES, parseKeyFile, PURPOSES, writeKeyFile } from './key-file.js'
import type { VaultKey, VaultKeys } from './local-vault.js'

const FILE = 'vault-keys.json'

/**
 * The keys in `<dir>/vault-keys.json`, made at random on the first start (mode 0600). Without this file nothing that was sealed can be
 * read again: back it up apart from the database. To rotate, put a new entry in front of a ring.
 */
export function openVaultKeys(dir: string): Promise<VaultKeys> {
  return openAllKeys(join(dir, FILE))
}

/** The same for a file of any name. Throws INTERNAL when a purpose has no key. */
export async function openAllKeys(file: string): Promise<VaultKeys> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const text = (await readIfPresent(file)) ?? (await createKeyFile(file, newVaultKeys()))
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600)
  const keys = parseKeyFile(file, text)
  const empty = PURPOSES.filter((purpose) => (keys.rings[purpose] ?? []).length === 0)
  if (empty.length === 0 && keys.installationKey !== undefined) return keys
  throw new AppError(
    'INTERNAL',
    `Cannot use the keys in ${file}: each purpose (${PURPOSES.join(', ')}) needs at least one entry in rings, and installationKey must be there. Restore the file from its backup.`,
  )
}

export function newVaultKey(): VaultKey {
  return { id: randomBytes(4).toString('hex'), secret: randomBytes(KEY_BYTES) }
}

function newVaultKeys(): VaultKeys {
  return {
    installationKey: randomBytes(KEY_BYTES),
    rings: Object.fromEntries(PURPOSES.map((purpose) => [purpose, [newVaultKey()]])),
  }
}

/** Writes a file that only its owner reads, unless it is there: `link` fails when another process was first, then its keys hold. */
export async function createKeyFile(file: string, keys: VaultKeys): Promise<string> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const text = writeKeyFile(keys)
  await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true })
  try {
    await link(draft, file)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return await readFile(file, 'utf8')
  } finally {
    await unlink(draft)
  }
}

/** Replaces a key file whole or not at all. */
export async function replaceKeyFile(file: string, keys: VaultKeys): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, writeKeyFile(keys), { mode: 0o600, flag: 'wx', flush: true })
  await rename(draft, file)
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
