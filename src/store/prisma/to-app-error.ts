import { AppError, reasonOf } from '../../base/app-error.js'

/** What a violated unique constraint means to people, by constraint. */
const CONFLICTS: Readonly<Record<string, string>> = {
  applications_name_namespace_key: 'An application with this name exists already in this namespace.',
  applications_pkey: 'This application exists already.',
  operations_one_active: 'Another operation is running on this application: wait for it or terminate it.',
  operations_pkey: 'This operation exists already.',
  projects_name_key: 'A project with this name exists already.',
  clusters_name_key: 'A cluster with this name exists already.',
  clusters_server_key: 'A cluster with this server address exists already.',
  repositories_normalized_url_key: 'A repository with this URL exists already.',
  credential_templates_prefix_key: 'A credential template with this URL exists already.',
  users_username_key: 'A user with this name exists already.',
}

const UNREACHABLE = /^(08|57P|53)|^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|P1001|P1002|P1008|P1017|P2024)/
const UNREACHABLE_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|connect ECONN|Can't reach database|Cannot use a pool after/i
const DISK_FULL = /No space left on device|Disk quota exceeded/
const RETRYABLE = /^(40001|40P01|55P03|P2034)$/
/** Text, numbers and times that a column cannot hold. */
const BAD_VALUE = /^(22\d\d\d|22P05|P2020)$/

/** Turns whatever the driver or Prisma threw into an error for people, with the hint what the caller does next. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (code === '23505') return new AppError('CONFLICT', conflictOf(error), { cause: error })
  if (code === '23503' || code === 'P2025') {
    const message = 'The record that this belongs to does not exist (any more).'
    return new AppError('NOT_FOUND', message, { cause: error })
  }
  if (BAD_VALUE.test(code)) {
    const message = 'A value holds characters or numbers that cannot be stored.'
    return new AppError('BAD_USER_INPUT', message, { cause: error })
  }
  return internalError(error, code)
}

function internalError(error: unknown, code: string): AppError {
  const reason = shortReasonOf(error)
  if (code === '53100' || DISK_FULL.test(reason)) {
    const message = `The database cannot write, its disk is full: ${reason}. Free space there; work goes on by itself then.`
    return new AppError('INTERNAL', message, { cause: error, retry: { afterSeconds: 30 } })
  }
  if (UNREACHABLE.test(code) || UNREACHABLE_WORDS.test(reason)) {
    return new AppError('INTERNAL', `The database does not answer: ${reason}`, {
      cause: error,
      retry: 'backoff',
    })
  }
  const retry = RETRYABLE.test(code) ? 'backoff' : 'never'
  return new AppError('INTERNAL', `The database refused a statement: ${reason}`, { cause: error, retry })
}

function conflictOf(error: unknown): string {
  const constraint = driverFields(error)?.['constraint'] ?? field(error, 'constraint')
  const name = typeof constraint === 'string' ? constraint : String(field(constraint, 'index'))
  return CONFLICTS[name] ?? 'A record with the same key exists already.'
}

/** SQLSTATE, also below Prisma's own code; else the code of the network or of Prisma. */
function codeOf(error: unknown): string {
  return String(driverFields(error)?.['originalCode'] ?? field(error, 'code') ?? '')
}

/** What the driver reported, as Prisma wraps it. */
function driverFields(error: unknown): Record<string, unknown> | undefined {
  const cause = field(field(field(error, 'meta'), 'driverAdapterError'), 'cause')
  return typeof cause === 'object' && cause !== null ? (cause as Record<string, unknown>) : undefined
}

/** Prisma's messages quote the whole call, values included: only their last line is fit for people. */
function shortReasonOf(error: unknown): string {
  return reasonOf(error).trim().split('\n').at(-1) ?? ''
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
