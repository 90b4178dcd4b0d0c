import type { Application, ApplicationSpec, Deletion } from '../../engine/application/application.js'

export interface ApplicationRow {
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  readonly spec: ApplicationSpec
  readonly generation: number
  readonly deletion: Deletion | null
  readonly created_at: Date
}

export function toApplication(row: ApplicationRow): Application {
  return {
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    labels: row.labels,
    annotations: row.annotations,
    spec: row.spec,
    generation: row.generation,
    ...(row.deletion === null ? {} : { deletion: row.deletion }),
    createdAt: row.created_at.toISOString(),
  }
}
