import type { Command } from 'commander'
import type { AddCommand } from './command-options.js'

/** `audit …`. */
export function addAuditCommands(program: Command, add: AddCommand): void {
  const audit = program
    .command('audit')
    .description('who did what, and the proof that nobody changed it since')
  const list = add(
    audit,
    { name: 'list', text: 'list events, newest first' },
    async () => (await import('./audit/list-events.js')).listEvents,
  )
  filters(list)
    .option('--limit <number>', 'at most so many, default 100')
    .option('-o, --output <format>', 'json, yaml, wide or name')
  add(
    audit,
    { name: 'verify', text: 'prove that events are what was written; exit code 1 when they are not' },
    async () => (await import('./audit/verify-trail.js')).verifyTrail,
  )
    .option('--anchor <file>', 'compare with an end that was kept elsewhere')
    .option('--save-anchor <file>', 'keep the end, for next time')
    .option('-o, --output <format>', 'json or yaml')
  const exporting = add(
    audit,
    { name: 'export', text: 'write all events that fit' },
    async () => (await import('./audit/export-trail.js')).exportTrail,
  )
  filters(exporting)
    .option('--format <format>', 'jsonl (default) or csv')
    .option('-f, --file <file>', 'default standard output')
}

function filters(command: Command): Command {
  return command
    .option('--actor <name>')
    .option('--action <action>', 'e.g. sync-application')
    .option('--object <object>', 'e.g. application/argocd/shop')
    .option('--project <name>')
    .option('--outcome <outcome>', 'accepted, denied or failed')
    .option('--from <moment>', 'e.g. 2026-01-31T12:00:00Z')
    .option('--to <moment>')
    .option('--since <duration>', 'e.g. 24h, instead of --from')
    .option('--text <words>', 'all of these words; web* is the beginning of one')
}
