import { AppError, reasonOf } from '../../base/app-error.js'

/** What a violated unique constraint means to people, by constraint or by the columns that Prisma names. */
const CONFLICTS: Readonly<Record<string, string>> = {
  applications_name_namespace_key: 'An application with this name exists already in this namespace.',
  applications_pkey: 'This application exists already.',
  operations_one_active: 'Another operation is running on this application: wait for it or terminate it.',
  operations_pkey: 'This operation exists already.',
  projects_name_key: 'A project with this name exists already.',
  clusters_name_key: 'A cluster with this name exists already.',
  clusters_server_key: 'A cluster with this server address exists already.',
  repositories_normalized_url_key: 'A repository with this URL exists already.',
  users_username_key: 'A user with this name exists already.',
}

const UNREACHABLE = /^(08|57P|53)|^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|P1001|P1002|P1008|P1017|P2024)/
const RETRYABLE = /^(40001|40P01|55P03|P2034)$/
const BAD_TEXT = /^(22021|22P05|22003|22007|22008|P2023|P2006)$/

/** Turns whatever the driver or Prisma threw into an error for people, with the hint what the caller does next. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (code === '23505' || code === 'P2002')
    return new AppError('CONFLICT', conflictOf(error), { cause: error })
  if (code === '23503' || code === 'P2003' || code === 'P2025') {
    return new AppError('NOT_FOUND', 'The record that this belongs to does not exist (any more).', {
      cause: error,
    })
  }
  if (BAD_TEXT.test(code)) {
    return new AppError('BAD_USER_INPUT', 'A value holds characters or numbers that cannot be stored.', {
      cause: error,
    })
  }
  if (isUnreachable(error, code)) {
    return new AppError('INTERNAL', `The database does not answer: ${reasonOf(error)}`, {
      cause: error,
      retry: 'backoff',
    })
  }
  const retry = RETRYABLE.test(code) ? 'backoff' : 'never'
  return new AppError('INTERNAL', `The database refused a statement: ${reasonOf(error)}`, {
    cause: error,
    retry,
  })
}

/** The constraint that was violated, as far as the error tells. */
function constraintOf(error: unknown): string {
  const direct = field(error, 'constraint')
  return typeof direct === 'string' ? direct : JSON.stringify(field(error, 'meta') ?? '')
}

function conflictOf(error: unknown): string {
  const constraint = constraintOf(error)
  const exact = CONFLICTS[constraint]
  if (exact !== undefined) return exact
  return byPrismaMeta(error) ?? 'A record with the same key exists already.'
}

/** Prisma tells the model and the columns, not always the constraint. */
function byPrismaMeta(error: unknown): string | undefined {
  const model = String(field(field(error, 'meta'), 'modelName') ?? '')
  const text = constraintOf(error)
  return Object.entries(CONFLICTS).find(([name]) => {
    const [table = '', column = ''] = name.replace(/_key$/, '').split(/_(.*)/)
    return (
      text.includes(name) ||
      (table.startsWith(model.toLowerCase().slice(0, -1)) && text.includes(`"${column}"`))
    )
  })?.[1]
}

function isUnreachable(error: unknown, code: string): boolean {
  return (
    UNREACHABLE.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|connect ECONN|Can't reach database|pool is draining|Cannot use a pool after/i.test(
      reasonOf(error),
    )
  )
}

function codeOf(error: unknown): string {
  const code = field(error, 'code')
  return typeof code === 'string' ? code : ''
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
