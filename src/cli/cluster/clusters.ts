import { homedir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { confirm } from '../confirm.js'
import {
  CONNECTION_FIELDS,
  CONNECTION_WIDE_HEADER,
  connectionWideRow,
  type ConnectionView,
} from '../output/connection.js'
import { printList } from '../output/print.js'
import { minimalKubeconfig } from './minimal-kubeconfig.js'

interface ClusterView {
  readonly name: string
  readonly server: string
  readonly version?: string | null
  readonly project?: string | null
  readonly writesPaused: boolean
  readonly connection: ConnectionView
}

const ADD = `mutation($input: AddClusterInput!) { addCluster(input: $input) {
  cluster { name server } userErrors { code message } } }`
const REMOVE = `mutation($input: RemoveClusterInput!) { removeCluster(input: $input) {
  userErrors { code message } } }`

const PAUSE = `mutation($input: PauseWritesInput!) { pauseWrites(input: $input) {
  clusters { name } userErrors { code message } } }`

/** `cluster add CONTEXT`: sends this one context of the kubeconfig, nothing of the others. */
export async function addCluster(context: CommandContext): Promise<number> {
  const { flags, io, args } = context
  const client = await context.client()
  const path =
    flags.text('kubeconfig') ?? io.env['KUBECONFIG']?.split(':', 1)[0] ?? join(homedir(), '.kube', 'config')
  const { text, contextName, server } = await minimalKubeconfig(path, args[0])
  await confirm(context, `Give Lockstep the credential of context "${contextName}" to manage ${server}?`)
  const namespaces = flags.list('namespace')
  const payload = await client.change<{ readonly cluster: ClusterView }>('addCluster', ADD, {
    kubeconfig: text,
    context: contextName,
    name: flags.text('name') ?? null,
    project: flags.text('project') ?? null,
    ...(namespaces.length > 0 && { namespaces }),
    ...(flags.isOn('upsert') && { upsert: true }),
  })
  io.err(`Cluster '${payload.cluster.server}' added as '${payload.cluster.name}'\n`)
  return 0
}

export async function listClusters(context: CommandContext): Promise<number> {
  const client = await context.client()
  const answer = await client.ask<{ readonly clusters: readonly ClusterView[] }>(
    `{ clusters { name server version project writesPaused ${CONNECTION_FIELDS} } }`,
  )
  await printList(context, answer.clusters, {
    header: ['SERVER', 'NAME', 'VERSION', 'STATUS', 'MESSAGE', 'PROJECT'],
    row: (cluster) => [
      cluster.server,
      cluster.name,
      cluster.version ?? '',
      cluster.connection.status,
      cluster.writesPaused
        ? `writes are paused. ${cluster.connection.message}`.trim()
        : cluster.connection.message,
      cluster.project ?? '',
    ],
    wideHeader: CONNECTION_WIDE_HEADER,
    wideRow: ({ connection }) => connectionWideRow(connection),
    name: (cluster) => cluster.server,
  })
  return 0
}

export async function removeClusters(context: CommandContext): Promise<number> {
  const { flags } = context
  const client = await context.client()
  for (const cluster of context.args) {
    await confirm(context, `Remove cluster "${cluster}"? Nothing in it is touched.`)
    await client.change('removeCluster', REMOVE, { cluster, ...(flags.isOn('force') && { force: true }) })
    context.io.err(`Cluster '${cluster}' removed\n`)
  }
  return 0
}

/** `cluster pause [CLUSTER…]`: nothing is written to them, or to any with `--all`, until `cluster resume`. */
export function pauseClusters(context: CommandContext): Promise<number> {
  return switchWrites(context, true)
}

export function resumeClusters(context: CommandContext): Promise<number> {
  return switchWrites(context, false)
}

async function switchWrites(context: CommandContext, paused: boolean): Promise<number> {
  const { flags, args, io } = context
  if (flags.isOn('all') === args.length > 0) {
    throw new CliError('Name the clusters, or say --all.')
  }
  const client = await context.client()
  for (const cluster of flags.isOn('all') ? [undefined] : args) {
    await client.change('pauseWrites', PAUSE, { paused, ...(cluster !== undefined && { cluster }) })
    const what = cluster === undefined ? 'all clusters' : `cluster '${cluster}'`
    io.err(`Writes to ${what} ${paused ? 'are paused' : 'go on'}\n`)
  }
  return 0
}
