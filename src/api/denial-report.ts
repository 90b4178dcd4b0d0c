import type { RecordDenials } from '../audit/record-denials.js'
import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import type { RequestContext } from './request-context.js'
import { deniedBehind } from './user-error.type.js'

/** A call of a root field, as it came in. */
export interface RootCall {
  readonly type: 'Query' | 'Mutation' | 'Subscription'
  readonly field: string
  readonly args: unknown
}

interface ToldCall extends RootCall {
  /** What was refused. */
  readonly object: string
}

const VERBS = { Query: 'read-', Mutation: '', Subscription: 'watch-' } as const
/** Fields of arguments that name what it is about, the telling ones first. */
const NAMES = [
  'application',
  'account',
  'name',
  'cluster',
  'server',
  'url',
  'username',
  'project',
  'id',
] as const

/** Puts refusals of root fields into the audit trail. */
export class DenialReport {
  readonly #denials: Pick<RecordDenials, 'denied'>

  constructor(denials: Pick<RecordDenials, 'denied'>) {
    this.#denials = denials
  }

  /** Runs the field. What it throws is thrown on; a mutation that answers its refusal is seen, too. */
  watch(call: RootCall, { principal }: Pick<RequestContext, 'principal'>, run: () => unknown): unknown {
    const tell = (error: unknown, object = objectOf(call.args)): void =>
      this.#tell({ ...call, object }, principal?.subject, error)
    try {
      const result = run()
      if (!(result instanceof Promise)) return result
      return result.then(
        (answer: unknown) => {
          for (const { error, object } of deniedBehind(answer)) tell(error, object)
          return answer
        },
        (error: unknown) => {
          tell(error)
          throw error
        },
      )
    } catch (error) {
      tell(error)
      throw error
    }
  }

  #tell({ type, field, object }: ToldCall, subject: string | undefined, error: unknown): void {
    if (!(error instanceof AppError)) return
    const isDenied = error.code === 'FORBIDDEN' || error instanceof NotVisible
    // Whoever is not signed in is told so on every read of a page left open; only changes are worth a line.
    const isStranger = subject === undefined && error.code === 'UNAUTHENTICATED' && type === 'Mutation'
    if (!isDenied && !isStranger) return
    const reason = error instanceof NotVisible ? 'it is not visible to them' : error.message
    const action = VERBS[type] + kebab(field)
    this.#denials.denied({ actor: subject ?? 'anonymous', action, object, reason })
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function objectOf(args: unknown): string {
  const given = { ...fieldsOf(args), ...fieldsOf(fieldsOf(args)['input']) }
  for (const name of NAMES) {
    const value = given[name]
    if (typeof value === 'string') return `${name}/${value}`
    const inner = fieldsOf(value)['name']
    if (typeof inner === 'string') return `${name}/${inner}`
  }
  return ''
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {}
}
