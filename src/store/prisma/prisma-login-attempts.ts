import { LoginAttempts, type AttemptCounts, type AttemptKeys } from '../login-attempts.js'
import type { Database } from './database.js'

interface CountRow {
  readonly key: string
  readonly count: number
  readonly seconds: number
}

const NOT_COUNTED: CountRow = { key: '', count: 0, seconds: 0 }

const COUNTED = `ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN a.until <= now() THEN 1 ELSE a.count + 1 END,
    until = CASE WHEN a.until <= now() THEN excluded.until ELSE a.until END
  RETURNING a.key, a.count, greatest(1, ceil(extract(epoch FROM a.until - now())))::int AS seconds`

/** Always source, account, pair: two attempts that meet wait for one another, never in a circle. */
const COUNT = `
  WITH source AS (
    INSERT INTO login_attempts AS a (key, count, until) VALUES ($1, 1, now() + $4 * interval '1 second') ${COUNTED}
  ), account AS (
    INSERT INTO login_attempts AS a (key, count, until)
    SELECT $2, 1, now() + $4 * interval '1 second' FROM source WHERE source.count <= $5 ${COUNTED}
  ), pair AS (
    INSERT INTO login_attempts AS a (key, count, until)
    SELECT $3, 1, now() + $4 * interval '1 second' FROM account ${COUNTED}
  )
  SELECT * FROM source UNION ALL SELECT * FROM account UNION ALL SELECT * FROM pair`

/** Each attempt clears away more rows than it makes: the table holds what still counts. */
const CLEAR = `
  DELETE FROM login_attempts WHERE key IN (
    SELECT key FROM login_attempts WHERE until < now() - interval '1 minute' LIMIT 20 FOR UPDATE SKIP LOCKED)`

const SUCCEED = `
  UPDATE login_attempts SET count = CASE WHEN key = $3 THEN 0 ELSE greatest(0, count - 1) END
  WHERE key IN (SELECT key FROM login_attempts WHERE key IN ($1, $2, $3) ORDER BY key = $3, key = $2 FOR UPDATE)`

export class PrismaLoginAttempts extends LoginAttempts {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async count(
    { source, account, pair }: AttemptKeys,
    windowSeconds: number,
    sourceLimit: number,
  ): Promise<AttemptCounts> {
    const rows = await this.#database.rows<CountRow>({
      name: 'login-attempt-count',
      text: COUNT,
      values: [source, account, pair, windowSeconds, sourceLimit],
    })
    const of = (key: string): CountRow => rows.find((row) => row.key === key) ?? NOT_COUNTED
    // A new row begins a window: then it is time to look for those that ended.
    if (of(source).count === 1) await this.#clear()
    return {
      source: of(source).count,
      account: of(account).count,
      pair: of(pair).count,
      sourceSeconds: of(source).seconds,
      pairSeconds: of(pair).seconds,
    }
  }

  override async succeed({ source, account, pair }: AttemptKeys): Promise<void> {
    await this.#database.rows({
      name: 'login-attempt-succeed',
      text: SUCCEED,
      values: [source, account, pair],
    })
  }

  async #clear(): Promise<void> {
    await this.#database.rows({ name: 'login-attempt-clear', text: CLEAR, values: [] })
  }
}
