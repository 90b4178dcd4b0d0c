import type { GraphqlClient } from '../graphql-client.js'
import { APP_FIELDS, type AppView } from './app-view.js'

const PAGE = 100

export interface AppSelection {
  readonly projects: readonly string[]
  /** `key=value`, `key!=value`, `key`, comma between them. */
  readonly selector?: string
  readonly repo?: string
  readonly cluster?: string
  readonly namespace?: string
}

/** All applications that the caller may see and that fit, page by page. */
export async function selectApps(
  client: GraphqlClient,
  selection: AppSelection,
): Promise<readonly AppView[]> {
  const projects = selection.projects.length > 0 ? selection.projects : [undefined]
  const found: AppView[] = []
  for (const project of projects) found.push(...(await readAll(client, project)))
  return found.filter((app) => fits(app, selection))
}

async function readAll(client: GraphqlClient, project: string | undefined): Promise<readonly AppView[]> {
  const apps: AppView[] = []
  let after: string | null = null
  for (;;) {
    const answer: { readonly applications: Page } = await client.ask(
      `query($after: String, $filter: ApplicationFilterInput) { applications(first: ${PAGE}, after: $after, filter: $filter) {
        nodes { ${APP_FIELDS} } pageInfo { hasNextPage endCursor } } }`,
      { after, filter: project === undefined ? null : { project } },
    )
    const { nodes, pageInfo } = answer.applications
    apps.push(...nodes)
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return apps
    after = pageInfo.endCursor
  }
}

interface Page {
  readonly nodes: readonly AppView[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

function fits(app: AppView, selection: AppSelection): boolean {
  const { repo, cluster, namespace, selector } = selection
  if (repo !== undefined && app.repoURL !== repo) return false
  if (namespace !== undefined && app.namespace !== namespace) return false
  if (cluster !== undefined && ![app.destination.name, app.destination.server].includes(cluster)) return false
  return selector === undefined || selector.split(',').every((term) => fitsTerm(app.labels, term.trim()))
}

function fitsTerm(labels: Readonly<Record<string, string>>, term: string): boolean {
  const unequal = /^([^!=]+)!=(.*)$/.exec(term)
  if (unequal !== null) return labels[unequal[1] ?? ''] !== unequal[2]
  const equal = /^([^!=]+)==?(.*)$/.exec(term)
  if (equal !== null) return labels[equal[1] ?? ''] === equal[2]
  return term.startsWith('!') ? labels[term.slice(1)] === undefined : labels[term] !== undefined
}
