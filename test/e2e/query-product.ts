import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { RunningProduct } from '../support/running-product.js'

export type Row = Readonly<Record<string, unknown>>

/** Asks the product's own Postgres; where it listens is in its log. */
export async function queryProduct(
  product: RunningProduct,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const port = [...product.output.matchAll(/"port":(\d+)/g)].at(-1)?.[1]
  const password = await readFile(join(product.folder, 'state/postgres/password'), 'utf8')
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(port),
    user: 'lockstep',
    database: 'lockstep',
    password: password.trim(),
  })
  await client.connect()
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}
