import { PendingWork, YOUNG_SECONDS, type PendingPage, type WaitingApplication } from '../pending-work.js'
import type { Database } from './database.js'
import { toWaiting, WAITING_COLUMNS, type WaitingRow } from './waiting-rows.js'

export class PrismaPendingWork extends PendingWork {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async page({ after, limit, thorough }: PendingPage): Promise<readonly WaitingApplication[]> {
    const rows = await this.#database.rows<WaitingRow>({
      name: 'pending-work',
      text: `SELECT a.id, ${WAITING_COLUMNS}
        FROM applications a
        LEFT JOIN application_desired d ON d.application_id = a.id
        LEFT JOIN application_status s ON s.application_id = a.id
        LEFT JOIN operations o ON o.application_id = a.id AND o.finished_at IS NULL
        WHERE a.id > $1 AND (d.generation IS DISTINCT FROM a.generation
          OR s.application_id IS NULL
          OR ((s.observed_generation <> a.generation OR s.revisions <> d.revisions) AND s.observed_at <= d.updated_at)
          OR (o.id IS NOT NULL AND ($3 OR o.started_at > now() - make_interval(secs => $4)))
          OR (a.deletion IS NOT NULL AND ($3 OR (a.deletion->>'requestedAt')::timestamptz > now() - make_interval(secs => $4))))
        ORDER BY a.id LIMIT $2`,
      values: [after, limit, thorough, YOUNG_SECONDS],
    })
    return rows.map(toWaiting)
  }
}
