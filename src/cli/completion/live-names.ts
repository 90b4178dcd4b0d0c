import type { GraphqlClient } from '../graphql-client.js'

export type Named = 'applications' | 'projects' | 'clusters' | 'repositories'

interface Row {
  readonly name?: string | null
  readonly url?: string
}
type Answer = Readonly<Record<string, readonly Row[] | { readonly nodes: readonly Row[] }>>

const QUERIES: Readonly<Record<Named, string>> = {
  applications: `query($text: String) { applications(first: 100, filter: { text: $text }) { nodes { name } } }`,
  projects: '{ projects { name } }',
  clusters: '{ clusters { name } }',
  repositories: '{ repositories { url } }',
}

/** The names that exist on the server, as far as the caller may see them; of applications those that fit the word. */
export async function liveNames(
  client: GraphqlClient,
  named: Named,
  word: string,
): Promise<readonly string[]> {
  const variables = named === 'applications' && word !== '' ? { text: word } : {}
  const answer = await client.ask<Answer>(QUERIES[named], variables)
  const rows = answer[named] ?? []
  const list = 'nodes' in rows ? rows.nodes : rows
  return list.map((row) => row.url ?? row.name ?? '')
}
