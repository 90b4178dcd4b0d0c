import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'

type Tree = Readonly<Record<string, unknown>>

/** A project spec with the flags of `proj create` added. */
export function projectSpec(before: Tree, flags: Flags): Tree {
  const description = flags.text('description')
  return {
    ...before,
    ...(description !== undefined && { description }),
    ...added(before, 'sourceRepos', flags.list('src')),
    ...added(before, 'destinations', flags.list('dest').map(destination)),
    ...added(before, 'clusterResourceWhitelist', flags.list('allowClusterResource').map(kind)),
    ...added(before, 'clusterResourceBlacklist', flags.list('denyClusterResource').map(kind)),
    ...added(before, 'namespaceResourceWhitelist', flags.list('allowNamespacedResource').map(kind)),
    ...added(before, 'namespaceResourceBlacklist', flags.list('denyNamespacedResource').map(kind)),
  }
}

function added(before: Tree, field: string, items: readonly unknown[]): Tree {
  if (items.length === 0) return {}
  const known = before[field]
  return { [field]: [...(Array.isArray(known) ? known : []), ...items] }
}

/** `SERVER,NAMESPACE`; a server that is no URL is the name of a cluster. */
function destination(text: string): Tree {
  const [server = '', namespace, ...rest] = text.split(',')
  if (server === '' || !namespace || rest.length > 0) {
    throw new CliError(`"${text}" is not a destination`, { hint: '--dest SERVER,NAMESPACE' })
  }
  return server === '*' || server.includes('://') ? { server, namespace } : { name: server, namespace }
}

/** `GROUP/KIND`; core is `/KIND`. */
function kind(text: string): Tree {
  const slash = text.indexOf('/')
  if (slash < 0 || slash === text.length - 1) {
    throw new CliError(`"${text}" is not a kind`, { hint: 'GROUP/KIND, e.g. apps/Deployment or /Namespace' })
  }
  return { group: text.slice(0, slash), kind: text.slice(slash + 1) }
}
