import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../base/app-error.js'
import type { KeyPurpose } from '../vault.js'
import type { VaultKey, VaultKeys } from './local-vault.js'

const FILE = 'vault-keys.json'
const PURPOSES = ['renders', 'git', 'clusters', 'login'] as const satisfies readonly KeyPurpose[]
const KEY_BYTES = 32

/**
 * The keys in `<dir>/vault-keys.json`, made at random on the first start (mode 0600). Without this file nothing that was sealed can be
 * read again: back it up apart from the database. To rotate, put a new entry in front of a ring.
 */
export async function openVaultKeys(dir: string): Promise<VaultKeys> {
  const file = join(dir, FILE)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const text = (await readIfPresent(file)) ?? (await createFile(file))
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600)
  return parseKeys(file, text)
}

/** `link` fails when another process was first: then its keys hold. */
async function createFile(file: string): Promise<string> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const rings = Object.fromEntries(PURPOSES.map((purpose) => [purpose, [newKey()]]))
  const text = JSON.stringify({ installationKey: randomBytes(KEY_BYTES).toString('base64'), rings }, null, 2)
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

function newKey(): { readonly id: string; readonly secret: string } {
  return { id: randomBytes(4).toString('hex'), secret: randomBytes(KEY_BYTES).toString('base64') }
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parseKeys(file: string, text: string): VaultKeys {
  try {
    const parsed = JSON.parse(text) as {
      readonly installationKey: string
      readonly rings: Readonly<Record<string, readonly { readonly id: string; readonly secret: string }[]>>
    }
    const ring = (purpose: KeyPurpose): readonly VaultKey[] => {
      const keys = (parsed.rings[purpose] ?? []).map(({ id, secret }) => ({
        id: keyId(id),
        secret: keyBytes(secret),
      }))
      if (keys.length === 0) throw new Error(`ring "${purpose}" is empty`)
      return keys
    }
    return {
      installationKey: keyBytes(parsed.installationKey),
      rings: { renders: ring('renders'), git: ring('git'), clusters: ring('clusters'), login: ring('login') },
    }
  } catch {
    // The cause is dropped on purpose: a JSON error quotes the text, which is secret.
    throw new AppError(
      'INTERNAL',
      `Cannot read the keys in ${file}: each purpose (${PURPOSES.join(', ')}) needs at least one entry {id, secret}, secrets are 32 bytes in base64. Restore the file from its backup.`,
    )
  }
}

function keyId(id: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(id)) throw new Error('bad key id')
  return id
}

function keyBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== KEY_BYTES) throw new Error('bad key length')
  return bytes
}
