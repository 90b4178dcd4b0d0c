import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { CONNECTION_FIELDS, connectionLines, type ConnectionView } from '../output/connection.js'
import { documentText, isDocumentFormat, unknownFormat } from '../output/print.js'
import { table } from '../output/table.js'

const CHANGE = `mutation($input: ChangeClusterInput!) { changeCluster(input: $input) {
  cluster { name } userErrors { code message } } }`
const LIST = `{ clusters { name server version project labels annotations writesPaused
  ${CONNECTION_FIELDS} } }`

interface ClusterDetail {
  readonly name: string
  readonly server: string
  readonly version?: string | null
  readonly project?: string | null
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly writesPaused: boolean
  readonly connection: ConnectionView
}

/** `cluster set CLUSTER --project … --label k=v --annotation k=v`. */
export async function setCluster(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const project = flags.text('project')
  const labels = pairs(flags.list('label'), '--label')
  const annotations = pairs(flags.list('annotation'), '--annotation')
  if (project === undefined && labels === undefined && annotations === undefined) {
    throw new CliError('nothing to change', { hint: 'give --project, --label or --annotation' })
  }
  const client = await context.client()
  await client.change('changeCluster', CHANGE, {
    cluster: args[0],
    ...(project !== undefined && { project }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  })
  io.err(`Cluster '${args[0]}' updated\n`)
  return 0
}

/** `cluster get CLUSTER`, by name or server. */
export async function getCluster(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const client = await context.client()
  const { clusters } = await client.ask<{ readonly clusters: readonly ClusterDetail[] }>(LIST)
  const cluster = clusters.find(({ name, server }) => name === args[0] || server === args[0])
  if (cluster === undefined) throw new CliError(`cluster "${args[0]}" is not connected`)
  const format = flags.text('output') ?? 'wide'
  if (format === 'name') io.out(`${cluster.server}\n`)
  else if (isDocumentFormat(format)) io.out(await documentText(cluster, format))
  else if (format !== 'wide') throw unknownFormat(format)
  else io.out(summary(cluster))
  return 0
}

function summary({ connection, labels, annotations, ...cluster }: ClusterDetail): string {
  return table(
    [],
    [
      ['Name:', cluster.name],
      ['Server:', cluster.server],
      ['Version:', cluster.version ?? ''],
      ['Project:', cluster.project ?? ''],
      ...connectionLines(connection),
      ['Writes:', cluster.writesPaused ? 'paused' : 'permitted'],
      ['Labels:', text(labels)],
      ['Annotations:', text(annotations)],
    ],
  )
}

function text(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

function pairs(values: readonly string[], flag: string): Readonly<Record<string, string>> | undefined {
  if (values.length === 0) return undefined
  return Object.fromEntries(
    values.map((value) => {
      const at = value.indexOf('=')
      if (at <= 0) throw new CliError(`"${value}" is not a pair`, { hint: `${flag} KEY=VALUE` })
      return [value.slice(0, at), value.slice(at + 1)]
    }),
  )
}
