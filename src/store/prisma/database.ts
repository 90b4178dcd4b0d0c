import type pg from 'pg'
import { AppError } from '../../base/app-error.js'
import { withoutAuditOrigin } from '../audit-origin.js'
import { outdatedFence } from '../outdated-fence.js'
import type { Fences, MutationRecord } from '../records.js'
import { auditColumns, recordCtes, recordValues } from './audit-row.js'
import { fenceCte, fenceValues } from './fence.js'
import type { Prisma, PrismaClient } from './generated/client.js'
import { toAppError } from './to-app-error.js'

/** One typed statement; the name makes each connection parse it only once. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/**
 * A change as common table expressions, one of which must be called `change` and answer a row for every row that changed. Nothing is
 * recorded when it answers none.
 */
export interface Change {
  readonly name: string
  readonly ctes: string
  readonly values: readonly unknown[]
}

/** A change by the owner of clusters or repositories: its `ctes` ask FENCE_HOLDS before they write. */
export interface FencedChange extends Change {
  readonly fence: Fences | undefined
}

/** The connection pool, shared by Prisma and by typed SQL; a transaction uses only one of them. */
export class Database {
  readonly prisma: PrismaClient
  readonly #pool: pg.Pool
  readonly #listeners: (() => void)[] = []

  constructor(pool: pg.Pool, prisma: PrismaClient) {
    this.#pool = pool
    this.prisma = prisma
  }

  async rows<Row extends pg.QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    refuseUndefined(statement)
    try {
      const { name, text, values } = statement
      return (await this.#pool.query<Row>({ name, text, values: [...values] })).rows
    } catch (error) {
      throw toAppError(error)
    }
  }

  /**
   * A batch that leaves out rows whose application is gone. One that goes between the look and the write fails the statement: the
   * second try no longer sees it.
   */
  async batch<Row extends pg.QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    try {
      return await this.rows<Row>(statement)
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return this.rows<Row>(statement)
      throw error
    }
  }

  /** Several statements of which all or none count; they are rolled back when `run` rejects. */
  async transaction<T>(run: (rowsOf: Database['rows']) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw toAppError(error)
    })
    const rowsOf: Database['rows'] = async <Row extends pg.QueryResultRow>(statement: Statement) => {
      refuseUndefined(statement)
      const { name, text, values } = statement
      return (await client.query<Row>({ name, text, values: [...values] })).rows
    }
    // The pool listens to idle connections only: one that breaks between two statements would end the process.
    const ignore = (): void => undefined
    client.on('error', ignore)
    let isBroken = false
    try {
      await client.query('BEGIN')
      const result = await run(rowsOf)
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch(() => (isBroken = true))
      throw toAppError(error)
    } finally {
      client.off('error', ignore)
      client.release(isBroken)
    }
  }

  async first<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row | undefined> {
    return (await this.rows<Row>(statement))[0]
  }

  /** The change, its audit event and its doorbells in one statement: one round trip, one transaction. Answers the rows changed. */
  async change(change: Change | FencedChange, record: MutationRecord): Promise<number> {
    if ('fence' in change) return this.#fencedChange(change, record)
    const rows = await this.rows<{ changed: number }>({
      name: change.name,
      text: `WITH ${change.ctes}, ${recordCtes(change.values.length)} SELECT count(*)::int AS changed FROM change`,
      values: [...change.values, ...recordValues(record)],
    })
    const changed = rows[0]?.changed ?? 0
    if (changed > 0 && record.doorbells.length > 0) this.committed()
    return changed
  }

  /** A write that FENCE_HOLDS guards; throws CONFLICT and writes nothing when it does not hold. Answers the rows of `change`. */
  async fenced<Row extends pg.QueryResultRow>(change: FencedChange): Promise<readonly Row[]> {
    const rows = await this.batch<Row & { holds: boolean }>({
      name: change.name,
      text: `WITH ${fenceCte(change.values.length)}, ${change.ctes}
        SELECT fence.holds, change.* FROM fence LEFT JOIN change ON true`,
      values: [...change.values, ...fenceValues(change.fence)],
    })
    if (rows[0]?.holds !== true) throw outdatedFence(change.fence)
    return rows
  }

  /** Runs a Prisma transaction that holds the writes of the record too. */
  async prismaChange(
    writes: readonly Prisma.PrismaPromise<unknown>[],
    record: MutationRecord,
  ): Promise<void> {
    try {
      await this.prisma.$transaction([...writes, ...this.#recordWrites(record)])
    } catch (error) {
      throw toAppError(error)
    }
    if (record.doorbells.length > 0) this.committed()
  }

  /** An ordinary read by Prisma, with its errors translated. */
  async read<T>(query: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    try {
      return await query(this.prisma)
    } catch (error) {
      throw toAppError(error)
    }
  }

  onCommit(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Outbox rows were committed: whoever delivers them may start now. */
  committed(): void {
    withoutAuditOrigin(() => {
      for (const listener of this.#listeners) listener()
    })
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect()
    await this.#pool.end()
  }

  async #fencedChange({ fence, ...change }: FencedChange, record: MutationRecord): Promise<number> {
    const values = [...change.values, ...fenceValues(fence)]
    const rows = await this.rows<{ changed: number; holds: boolean }>({
      name: change.name,
      text: `WITH ${fenceCte(change.values.length)}, ${change.ctes}, ${recordCtes(values.length)}
        SELECT holds, (SELECT count(*)::int FROM change) AS changed FROM fence`,
      values: [...values, ...recordValues(record)],
    })
    if (rows[0]?.holds !== true) throw outdatedFence(fence)
    const { changed } = rows[0]
    if (changed > 0 && record.doorbells.length > 0) this.committed()
    return changed
  }

  #recordWrites({ audit, doorbells }: MutationRecord) {
    const event = this.prisma.auditEvent.create({ data: auditColumns(audit) })
    if (doorbells.length === 0) return [event]
    return [
      event,
      this.prisma.outbox.createMany({ data: doorbells.map(({ kind, id }) => ({ kind, key: id })) }),
    ]
  }
}

/** The driver would send NULL, and a filter that matches nothing or everything hides the mistake. */
function refuseUndefined({ name, values }: Statement): void {
  const at = values.findIndex(
    (value) => value === undefined || (Array.isArray(value) && value.includes(undefined)),
  )
  if (at >= 0) throw new AppError('INTERNAL', `Statement ${name} got undefined for parameter ${at + 1}.`)
}
