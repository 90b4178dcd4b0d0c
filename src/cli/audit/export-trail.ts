import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { CommandContext } from '../command-context.js'
import { auditFilter } from './audit-filter.js'

/** `audit export`: the events that fit, as JSON lines or CSV, to standard output or a file. */
export async function exportTrail(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const filter = auditFilter(flags, Date.now())
  const query = new URLSearchParams({ ...filter, format: flags.text('format') ?? 'jsonl' })
  const client = await context.client()
  const pieces = await client.download(`/api/audit/export?${query.toString()}`)
  const file = flags.text('file')
  if (file !== undefined) {
    await pipeline(Readable.from(pieces), createWriteStream(file, { mode: 0o600 }))
    io.err(`The audit trail was written to ${file}\n`)
    return 0
  }
  const decoder = new TextDecoder()
  for await (const piece of pieces) io.out(decoder.decode(piece, { stream: true }))
  return 0
}
