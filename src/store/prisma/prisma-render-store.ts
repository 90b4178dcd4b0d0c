import { RenderStore } from '../directory-stores.js'
import type { Database } from './database.js'

export class PrismaRenderStore extends RenderStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.getMany([key])).get(key)
  }

  override async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const rows = await this.#database.rows<{ key: string; sealed: Uint8Array }>({
      name: 'renders-get',
      text: 'SELECT key, sealed FROM renders WHERE key = ANY($1::text[])',
      values: [keys],
    })
    return new Map(rows.map(({ key, sealed }) => [key, sealed]))
  }

  override async has(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#database.rows<{ key: string }>({
      name: 'renders-has',
      // Who asks is about to refer to it: an old one becomes young, so that it is not cleared away in between.
      text: `WITH touched AS (UPDATE renders SET created_at = now()
          WHERE key = ANY($1::text[]) AND created_at < now() - interval '12 hours' RETURNING key)
        SELECT key FROM renders WHERE key = ANY($1::text[]) AND created_at >= now() - interval '12 hours'
        UNION ALL SELECT key FROM touched`,
      values: [keys],
    })
    return new Set(rows.map(({ key }) => key))
  }

  override async put(renders: ReadonlyMap<string, Uint8Array>): Promise<void> {
    if (renders.size === 0) return
    await this.#database.rows({
      name: 'renders-put',
      text: 'INSERT INTO renders (key, sealed) SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT DO NOTHING',
      values: [[...renders.keys()], [...renders.values()].map((bytes) => Buffer.from(bytes))],
    })
  }
}
