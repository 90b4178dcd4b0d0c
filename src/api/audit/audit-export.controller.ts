import { Readable } from 'node:stream'
import { Controller, Get, Query, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RecordDenials } from '../../audit/record-denials.js'
import { EXPORT_FORMATS, ExportAudit, type ExportWish } from '../../audit/export-audit.js'
import type { AuditWishFilter } from '../../audit/search-audit.js'
import { AppError } from '../../base/app-error.js'
import { Authenticate } from '../../login/authenticate.js'
import { extendAuditOrigin } from '../../store/audit-origin.js'
import { AUDIT_OUTCOMES } from '../../store/records.js'
import { credentialOf } from '../credentials.js'

const CONTENT_TYPES = {
  jsonl: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
} as const
const TEXTS = ['actor', 'action', 'object', 'project', 'text'] as const
const MOMENTS = ['from', 'to'] as const
const MOST_LENGTH = 500

/** The whole trail as a file, streamed: GraphQL would hold it in memory. */
@Controller('api/audit/export')
export class AuditExportController {
  private readonly exportAudit: ExportAudit
  private readonly authenticate: Authenticate
  private readonly denials: RecordDenials

  constructor(exportAudit: ExportAudit, authenticate: Authenticate, denials: RecordDenials) {
    this.exportAudit = exportAudit
    this.authenticate = authenticate
    this.denials = denials
  }

  @Get()
  async export(@Req() request: FastifyRequest, @Query() query: unknown, @Res() reply: FastifyReply) {
    const principal = await this.authenticate.run(credentialOf(request))
    try {
      if (principal === undefined) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
      if (principal.credentialId !== undefined) extendAuditOrigin({ credential: principal.credentialId })
      const wish = wishOf(query)
      const pieces = await this.exportAudit.run(principal, wish)
      await reply
        .type(CONTENT_TYPES[wish.format])
        .header('content-disposition', `attachment; filename="audit.${wish.format}"`)
        .send(Readable.from(pieces))
    } catch (error) {
      if (!(error instanceof AppError) || reply.sent) throw error
      this.tell(principal?.subject, error)
      const { code, message } = error
      await reply.code(statusOf(code)).send({ errors: [{ message, extensions: { code } }] })
    }
  }

  private tell(actor: string | undefined, { code, message: reason }: AppError): void {
    if (actor === undefined || code !== 'FORBIDDEN') return
    this.denials.denied({ actor, action: 'export-audit', object: 'audit', reason })
  }
}

function statusOf(code: AppError['code']): number {
  if (code === 'UNAUTHENTICATED') return 401
  if (code === 'FORBIDDEN') return 403
  return code === 'BAD_USER_INPUT' ? 400 : 500
}

function wishOf(query: unknown): ExportWish {
  const given = new Map(Object.entries(query ?? {}))
  const known: readonly string[] = ['format', 'outcome', ...TEXTS, ...MOMENTS]
  const unknown = [...given.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) throw refused(`there is no filter "${unknown.slice(0, 60)}"`)
  const filter: { -readonly [Name in keyof AuditWishFilter]: AuditWishFilter[Name] } = {}
  for (const name of TEXTS) {
    const text = textOf(given, name)
    if (text !== undefined) filter[name] = text
  }
  for (const name of MOMENTS) {
    const moment = textOf(given, name)
    if (moment === undefined) continue
    if (Number.isNaN(Date.parse(moment))) throw refused(`"${name}" must look like 2026-01-31T12:00:00Z`)
    filter[name] = new Date(moment).toISOString()
  }
  const outcome = textOf(given, 'outcome')
  if (outcome !== undefined) filter.outcome = oneOf('outcome', AUDIT_OUTCOMES, outcome)
  return { filter, format: oneOf('format', EXPORT_FORMATS, textOf(given, 'format') ?? 'jsonl') }
}

function textOf(given: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const value = given.get(name)
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.length <= MOST_LENGTH) return value
  throw refused(`"${name}" must be given once, in at most ${MOST_LENGTH} characters`)
}

function oneOf<Word extends string>(name: string, words: readonly Word[], given: string): Word {
  const found = words.find((word) => word === given)
  if (found === undefined) throw refused(`"${name}" must be ${words.join(', ')}`)
  return found
}

function refused(why: string): AppError {
  return new AppError('BAD_USER_INPUT', `Cannot export the audit trail: ${why}.`)
}
