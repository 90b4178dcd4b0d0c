import { randomUUID } from 'node:crypto'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { confirm } from '../confirm.js'
import type { GraphqlClient } from '../graphql-client.js'
import { readApp, type AppName } from './app-view.js'
import { chooseResources, parseResource, type ResourceChoice } from './choose-resources.js'
import { diffText, readDiffs } from './diff-app.js'
import { followAll, type Started } from './follow-sync.js'
import { choicesOf, namedApps } from './named-apps.js'
import { previewText, readPreview } from './preview-sync.js'
import { faultsOf, type OutcomeView } from './outcomes.js'

const SYNC = `mutation($input: SyncApplicationInput!) { syncApplication(input: $input) {
  operation { id phase } userErrors { code message } } }`
const SYNC_MANY = `mutation($input: SyncApplicationsInput!) { syncApplications(input: $input) {
  outcomes { namespace name operation { id } userError { message } } userErrors { code message } } }`

/** `app sync NAME…` or `-l SELECTOR`: starts the syncs and, unless `--async`, follows them to their ends. */
export async function syncApps(context: CommandContext): Promise<number> {
  refuseUnsupported(context)
  const client = await context.client()
  const isAsync = context.flags.isOn('async')
  if (context.args.length === 1) {
    const [name] = await namedApps(context, client)
    if (name === undefined) return 0
    const resources = await chosenResources(context, name)
    const wish = { ...requestOf(context), ...(resources !== undefined && { resources }) }
    await preview(context, name, wish)
    const started = [{ name, id: await startOne(client, name, wish) }]
    return isAsync ? 0 : followAll(context, started)
  }
  const { started, faults } = await startMany(context, client)
  if (!isAsync || faults.length > 0) return followAll(context, isAsync ? [] : started, faults)
  return 0
}

async function startOne(client: GraphqlClient, name: AppName, wish: object): Promise<string> {
  const payload = await client.change<{ readonly operation: { readonly id: string } }>(
    'syncApplication',
    SYNC,
    {
      ...name,
      ...wish,
      // An answer that got lost may be asked for again without syncing twice.
      idempotencyKey: randomUUID(),
    },
  )
  return payload.operation.id
}

/** One request, whatever their number. */
async function startMany(
  context: CommandContext,
  client: GraphqlClient,
): Promise<{ readonly started: readonly Started[]; readonly faults: readonly string[] }> {
  if (context.flags.list('resource').length > 0)
    throw new CliError('--resource needs the name of one application')
  const started: Started[] = []
  const faults: string[] = []
  for (const choice of choicesOf(context)) {
    const { outcomes } = await client.change<{ readonly outcomes: readonly OutcomeView[] }>(
      'syncApplications',
      SYNC_MANY,
      { choice, ...requestOf(context), idempotencyKey: randomUUID() },
    )
    faults.push(...faultsOf(context, outcomes, 'is being synced'))
    for (const { operation, userError: _told, ...name } of outcomes)
      if (operation) started.push({ name, id: operation.id })
  }
  if (started.length + faults.length === 0) throw new CliError('no application fits the selector')
  return { started, faults }
}

function requestOf({ flags }: CommandContext): object {
  const options = [
    ...flags.list('syncOption'),
    ...(flags.isOn('replace') ? ['Replace=true'] : []),
    ...(flags.isOn('serverSide') ? ['ServerSideApply=true'] : []),
    ...(flags.isOn('applyOutOfSyncOnly') ? ['ApplyOutOfSyncOnly=true'] : []),
  ]
  return {
    prune: flags.isOn('prune'),
    dryRun: flags.isOn('dryRun'),
    force: flags.isOn('force'),
    confirmPrune: flags.isOn('confirmPrune'),
    ...(options.length > 0 && { syncOptions: options }),
  }
}

/**
 * `--dry-run` tells first what the sync would do; `--preview-changes` shows what differs, too, and asks. A result in
 * another format stays one document, so then the preview goes to standard error.
 */
async function preview(context: CommandContext, name: AppName, wish: object): Promise<void> {
  const { flags, io } = context
  const isAsking = flags.isOn('previewChanges')
  if (!isAsking && !flags.isOn('dryRun')) return
  const shown = previewText(await readPreview(context, name, wish))
  if (flags.text('output') === undefined) io.out(shown)
  else io.err(shown)
  if (!isAsking) return
  for (const diff of await readDiffs(context, name)) io.err(await diffText(diff))
  await confirm(context, `Sync application "${name.name}"?`)
}

/** `--resource` with `*` and `!`, resolved against the objects of the application; undefined = everything. */
async function chosenResources(
  context: CommandContext,
  name: AppName,
): Promise<readonly ResourceChoice[] | undefined> {
  const wishes = context.flags.list('resource').map(parseResource)
  if (wishes.length === 0) return undefined
  const isPlain = wishes.every(({ exclude, ...key }) => !exclude && !Object.values(key).includes('*'))
  if (isPlain) return wishes.map(({ exclude: _none, ...key }) => key)
  const app = await readApp(await context.client(), name)
  const chosen = chooseResources(app.resources ?? [], wishes)
  if (chosen.length === 0) throw new CliError('no resource fits --resource')
  return chosen
}

function refuseUnsupported(context: CommandContext): void {
  for (const name of ['revision', 'local'] as const) {
    if (context.flags.text(name) !== undefined) {
      throw new CliError(`app sync --${name} is not supported yet`, {
        hint: 'change the target revision with: lockstep app set NAME --revision REVISION',
      })
    }
  }
}
