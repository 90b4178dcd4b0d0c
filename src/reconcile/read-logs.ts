import { AppError } from '../base/app-error.js'
import type { LogsWish } from '../applications/live-reads.js'
import { lineFilter } from '../engine/logs/line-filter.js'
import { compareTimes } from '../engine/manifest/compare-times.js'
import { toLogLine, type LogLine } from '../engine/logs/log-line.js'
import { mergeLines } from '../engine/logs/merge-lines.js'
import { podsBelow } from '../engine/tree/pods-below.js'
import type { TreeNode } from '../engine/tree/tree-node.js'
import type { Cluster } from '../kube/cluster.js'
import { batched } from './batch-lines.js'
import { arriving } from './arriving-lines.js'

/** Logs of so many Pods are read at once, as Argo CD has it (`server.maxPodLogsToRender`). */
const MOST_PODS = 10

/** The lines of all containers meant, until their end or, followed, until the signal is aborted. */
export function readLogs(
  { nodes, cluster }: { readonly nodes: readonly TreeNode[]; readonly cluster: Pick<Cluster, 'logs'> },
  wish: LogsWish,
  signal: AbortSignal,
): AsyncIterable<readonly LogLine[]> {
  const sources = sourcesOf(nodes, wish).map(({ pod, container }) =>
    linesOf(cluster.logs(pod, { ...timesOf(wish), container }, signal), pod.name, container),
  )
  const lines = wish.follow === true ? arriving(sources, signal) : mergeLines(sources)
  return batched(wanted(lines, wish), signal)
}

interface LogSource {
  readonly pod: TreeNode
  readonly container: string
}

function sourcesOf(nodes: readonly TreeNode[], wish: LogsWish): readonly LogSource[] {
  const pods = podsBelow(nodes, wish)
  if (pods.length === 0)
    throw new AppError('NOT_FOUND', 'The application has no such Pod: there is no log to read.')
  if (pods.length > MOST_PODS) {
    const message = `${pods.length} Pods are meant, logs of ${MOST_PODS} can be read at once. Name a workload or a Pod (kind and name).`
    throw new AppError('BAD_USER_INPUT', message)
  }
  return pods.flatMap((pod) => containersOf(pod, wish).map((container) => ({ pod, container })))
}

/** One that is named may be one that only runs in the beginning: the cluster knows whether it exists. */
function containersOf(pod: TreeNode, { container }: LogsWish): readonly string[] {
  return container === undefined ? pod.containers : [container]
}

function timesOf({ follow, previous, tailLines, sinceSeconds, sinceTime }: LogsWish) {
  return {
    ...(follow !== undefined && { follow }),
    ...(previous !== undefined && { previous }),
    ...(tailLines !== undefined && { tailLines }),
    ...(sinceSeconds !== undefined && { sinceSeconds }),
    ...(sinceTime !== undefined && { sinceTime }),
  }
}

async function* linesOf(log: AsyncIterable<string>, pod: string, container: string): AsyncIterable<LogLine> {
  for await (const line of log) yield toLogLine(pod, container, line)
}

async function* wanted(lines: AsyncIterable<LogLine>, wish: LogsWish): AsyncIterable<LogLine> {
  const matches = lineFilter(wish.filter ?? '', wish.matchCase === true)
  const { untilTime } = wish
  for await (const line of lines) {
    if (untilTime !== undefined && line.time !== '' && compareTimes(line.time, untilTime) > 0) return
    if (matches(line.text)) yield line
  }
}
