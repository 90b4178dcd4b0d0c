import { parseArgs } from 'node:util'
import { AppError, reasonOf } from '../base/app-error.js'
import { silentLogger } from '../base/logger.js'
import { openStores } from '../store/prisma/open-stores.js'
import { LocalVault } from '../vault/local/local-vault.js'
import { openAllKeys } from '../vault/local/vault-keys.js'
import { environmentSettings } from './environment-settings.js'
import { resealRows } from './reseal-rows.js'

const USAGE = `Usage: reseal --keys FILE

Seals again, under the newest key of each ring, what the database holds under older ones. Nothing has to stop meanwhile.
  --keys FILE  all keys of the installation, as make-keys keeps them.
The database is the one of the settings (LOCKSTEP__DATABASE__URL). Run it after make-keys --rotate, once every process was started
again with its new key file: one with only the old keys could not read what is sealed anew.
`

/** The last step of a rotation: afterwards nothing needs the old keys. */
try {
  const { values } = parseArgs({ options: { keys: { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help === true) process.stdout.write(USAGE)
  else await reseal(values.keys)
} catch (error) {
  process.stderr.write(`Error: ${reasonOf(error)}\n`)
  process.exit(20)
}

async function reseal(file: string | undefined): Promise<void> {
  if (file === undefined) throw new AppError('BAD_USER_INPUT', `Say which keys.\n${USAGE}`)
  const { database } = environmentSettings()
  if (database.url === undefined)
    throw new AppError('BAD_USER_INPUT', 'Cannot seal anew: database.url is not set.')
  const vault = new LocalVault(await openAllKeys(file))
  const stores = openStores({ connectionString: database.url, logger: silentLogger })
  try {
    const { sealedRows: rows } = stores
    if (rows === undefined) throw new AppError('INTERNAL', 'These stores hold nothing sealed.')
    for (const { table, looked, resealed } of await resealRows({ rows, vault }))
      process.stdout.write(`${table}: ${resealed} of ${looked} were sealed anew\n`)
  } finally {
    await stores.close()
  }
}
