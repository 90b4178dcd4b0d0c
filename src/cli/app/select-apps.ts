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
  for (const project of projects) found.push(...(await readAll(client, filterOf(selection, project))))
  return found
}

function filterOf({ selector, repo, cluster, namespace }: AppSelection, project: string | undefined): object {
  return {
    ...(project !== undefined && { project }),
    ...(selector !== undefined && { selector }),
    ...(repo !== undefined && { repository: repo }),
    ...(cluster !== undefined && { cluster }),
    ...(namespace !== undefined && { appNamespace: namespace }),
  }
}

async function readAll(client: GraphqlClient, filter: object): Promise<readonly AppView[]> {
  const apps: AppView[] = []
  let after: string | null = null
  for (;;) {
    const answer: { readonly applications: Page } = await client.ask(
      `query($after: String, $filter: ApplicationFilterInput) { applications(first: ${PAGE}, after: $after, filter: $filter) {
        nodes { ${APP_FIELDS} } pageInfo { hasNextPage endCursor } } }`,
      { after, filter },
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
