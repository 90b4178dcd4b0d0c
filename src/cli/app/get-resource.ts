import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { Flags } from '../flags.js'
import { parseAppName, type AppName } from './app-view.js'
import type { NodeView } from './node-view.js'
import { readTree } from './resource-tree.js'
import { liveText, shownPart, type Live } from './shown-part.js'

/** `app get-resource NAME --kind KIND`: objects of an application as they are in the cluster. */
export async function getResource(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const kind = flags.required('kind')
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const client = await context.client()
  const nodes = (await readTree(context, client, name)).filter((node) => isMeant(node, flags))
  if (nodes.length === 0) {
    throw new CliError(`application "${name.name}" has no ${kind} like that`, {
      hint: `look at all of it with: lockstep app resources ${name.name}`,
    })
  }
  const objects: Live[] = []
  for (const node of nodes) objects.push(...(await readLive(context, name, node)))
  const shown = objects.map((object) => shownPart(object, flags))
  io.out(await liveText(shown, flags.text('output') ?? 'wide'))
  return 0
}

function isMeant({ kind, name, namespace, group }: NodeView, flags: Flags): boolean {
  const wanted: readonly (readonly [string, string])[] = [
    ['kind', kind],
    ['resourceName', name],
    ['namespace', namespace],
    ['group', group],
  ]
  return wanted.every(([flag, value]) => (flags.text(flag) ?? value) === value)
}

/** Empty when it went meanwhile, or was never made. */
async function readLive(context: CommandContext, app: AppName, node: NodeView): Promise<readonly Live[]> {
  const { group, kind, namespace, name } = node
  const answer = await (
    await context.client()
  ).ask<{ readonly application: { readonly live: Live | null } }>(
    `query($name: String!, $namespace: String, $key: ResourceKeyInput!) {
      application(name: $name, namespace: $namespace) { live(key: $key) } }`,
    { ...app, key: { group, kind, namespace, name } },
  )
  const { live } = answer.application
  if (live === null) context.io.err(`${kind}/${name} does not exist in the cluster\n`)
  return live === null ? [] : [live]
}
