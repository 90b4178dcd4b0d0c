/** Prisma's schema engine as WebAssembly, so that no binary is downloaded. Development time only. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const FILTERS = { externalTables: ['public.schema_migrations'], externalEnums: [] }

/** SQL that turns `from` into schema.prisma: from nothing, or from the database behind `connectionString`. */
export async function diffToSchema(connectionString, from) {
  const schema = join(root, 'prisma/schema.prisma')
  const files = [{ path: schema, content: await readFile(schema, 'utf8') }]
  const factory = bindMigrationAwareSqlAdapterFactory(new CatalogueAdapter({ connectionString }))
  await startEngine()
  const session = await engine.SchemaEngine.new(
    { datamodels: [[schema, files[0].content]] },
    () => undefined,
    factory,
  )
  const start =
    from === 'nothing' ? { tag: 'empty' } : { tag: 'schemaDatasource', files, configDir: dirname(schema) }
  const { stdout } = await session.diff({
    from: start,
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: FILTERS,
  })
  return stdout ?? ''
}

const CHAR_OID = 18
const TEXT_OID = 25

/** The adapter refuses the one-letter type `"char"` of Postgres' catalogue; the engine expects it as a character. */
class CatalogueAdapter extends PrismaPg {
  async connect() {
    const adapter = await super.connect()
    const performIO = adapter.performIO.bind(adapter)
    const queryRaw = adapter.queryRaw.bind(adapter)
    const characters = new WeakMap()
    adapter.performIO = async (query) => {
      const result = await performIO(query)
      characters.set(
        query,
        result.fields.map((field) => field.dataTypeID === CHAR_OID),
      )
      for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID
      return result
    }
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query)
      const isCharacter = characters.get(query) ?? []
      const columnTypes = result.columnTypes.map((type, i) =>
        isCharacter[i] ? ColumnTypeEnum.Character : type,
      )
      return { ...result, columnTypes }
    }
    return adapter
  }
}

async function startEngine() {
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = await readFile(join(dirname(path), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engine })
  engine.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
}
