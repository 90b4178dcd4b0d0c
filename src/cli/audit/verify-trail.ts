import { readFile, writeFile } from 'node:fs/promises'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { documentText } from '../output/print.js'

interface Anchor {
  readonly position: number
  readonly hash: string
}

interface Slice {
  readonly checked: number
  readonly findings: readonly { readonly fault: string; readonly message: string }[]
  readonly next: number | null
  readonly end: Anchor | null
  readonly base: number
}

interface Answer {
  readonly verifyAudit: Slice
}

const VERIFY = `query($after: Int, $anchor: AuditAnchorInput) { verifyAudit(after: $after, anchor: $anchor) {
  checked findings { fault position eventId message } next end { position hash } base } }`
/** As of `diff`: it worked, and there is something to see. */
const FOUND_SOMETHING = 1

/** `audit verify`: 0 when every event is what was written, 1 when something was changed, removed, inserted or cut off. */
export async function verifyTrail(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const anchor = await readAnchor(flags.text('anchor'))
  const report = await verified(context, anchor)
  const output = flags.text('output')
  if (output !== undefined) io.out(await documentText(report, output))
  else for (const { message } of report.findings) io.out(`${message}\n`)
  if (report.findings.length > 0) {
    io.err(`The audit trail is NOT what was written: ${report.findings.length} findings.\n`)
    return FOUND_SOMETHING
  }
  const { end, base, checked } = report
  const since = base > 0 ? ` Older ones, up to position ${base}, were let go of.` : ''
  io.err(`${checked} events verified, all as they were written.${since}\n`)
  const file = flags.text('saveAnchor')
  if (file !== undefined && end !== null) await writeFile(file, `${JSON.stringify(end)}\n`)
  return 0
}

async function verified(context: CommandContext, anchor: Anchor | undefined) {
  const client = await context.client()
  const findings: Slice['findings'][number][] = []
  let checked = 0
  let after: number | null = null
  for (;;) {
    const { verifyAudit: slice }: Answer = await client.ask<Answer>(VERIFY, {
      after,
      anchor: anchor ?? null,
    })
    findings.push(...slice.findings)
    checked += slice.checked
    const { next, end, base }: Slice = slice
    if (next === null) return { checked, findings, end, base }
    after = next
    context.io.err(`${checked} events verified …\n`)
  }
}

async function readAnchor(file: string | undefined): Promise<Anchor | undefined> {
  if (file === undefined) return undefined
  const hint = 'give --anchor a file that --save-anchor wrote'
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CliError(`cannot read ${file}`, { hint })
  })
  const anchor = /^\{"position":(\d{1,9}),"hash":"([0-9a-f]{64})"\}\s*$/.exec(text)
  if (anchor === null) throw new CliError(`${file} is no anchor`, { hint })
  return { position: Number(anchor[1]), hash: anchor[2] ?? '' }
}
