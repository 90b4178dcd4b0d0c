import type { ConnectionStage } from '../../base/connection-stage.js'
import type { ConnectionState } from '../records.js'

export interface ConnectionColumns {
  readonly connectionStatus: string
  readonly connectionMessage: string
  readonly connectionStage: string | null
  readonly checkedAt: Date | null
}

export function toConnection(row: ConnectionColumns): ConnectionState {
  return {
    status: row.connectionStatus as ConnectionState['status'],
    message: row.connectionMessage,
    ...(row.connectionStage === null ? {} : { stage: row.connectionStage as ConnectionStage }),
    ...(row.checkedAt === null ? {} : { checkedAt: row.checkedAt.toISOString() }),
  }
}

export function connectionColumns({ status, message, stage, checkedAt }: ConnectionState): ConnectionColumns {
  return {
    connectionStatus: status,
    connectionMessage: message,
    connectionStage: stage ?? null,
    checkedAt: checkedAt === undefined ? null : new Date(checkedAt),
  }
}

/** Prisma takes bytes over an ArrayBuffer of their own. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
