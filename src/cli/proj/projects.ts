import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { confirm } from '../confirm.js'
import { documentText, printList, unknownFormat, type Printable } from '../output/print.js'
import { table } from '../output/table.js'
import { readDocuments } from '../read-documents.js'
import { projectSpec } from './project-spec.js'

interface ProjectView {
  readonly name: string
  readonly spec: {
    readonly description?: string
    readonly sourceRepos?: readonly string[]
    readonly destinations?: readonly {
      readonly server?: string
      readonly name?: string
      readonly namespace?: string
    }[]
    readonly clusterResourceWhitelist?: readonly { readonly group: string; readonly kind: string }[]
    readonly namespaceResourceBlacklist?: readonly { readonly group: string; readonly kind: string }[]
  }
}

const SHAPE: Printable<ProjectView> = {
  header: [
    'NAME',
    'DESCRIPTION',
    'DESTINATIONS',
    'SOURCES',
    'CLUSTER-RESOURCE-WHITELIST',
    'NAMESPACE-RESOURCE-BLACKLIST',
  ],
  row: ({ name, spec }) => [
    name,
    spec.description ?? '',
    several(destinationsOf(spec)),
    several(spec.sourceRepos ?? []),
    several((spec.clusterResourceWhitelist ?? []).map(kindText)),
    several((spec.namespaceResourceBlacklist ?? []).map(kindText)),
  ],
  name: (project) => project.name,
  document: projectDocument,
}

export async function listProjects(context: CommandContext): Promise<number> {
  const client = await context.client()
  const answer = await client.ask<{ readonly projects: readonly ProjectView[] }>('{ projects { name spec } }')
  await printList(context, answer.projects, SHAPE)
  return 0
}

export async function getProject(context: CommandContext): Promise<number> {
  const client = await context.client()
  const answer = await client.ask<{ readonly project: ProjectView }>(
    'query($name: String!) { project(name: $name) { name spec } }',
    { name: context.args[0] },
  )
  const { project } = answer
  const format = context.flags.text('output') ?? 'wide'
  if (format === 'json' || format === 'yaml')
    context.io.out(await documentText(projectDocument(project), format))
  else if (format === 'name') context.io.out(`${project.name}\n`)
  else if (format !== 'wide') throw unknownFormat(format)
  else context.io.out(summary(project))
  return 0
}

const CREATE = `mutation($input: CreateProjectInput!) { createProject(input: $input) {
  project { name } userErrors { code message } } }`

/** `proj create NAME flags…` or `proj create -f FILE`. */
export async function createProject(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const client = await context.client()
  const file = flags.text('file')
  const wishes: { readonly name: string; readonly spec: object }[] = []
  if (file !== undefined) {
    const documents = (await readDocuments(file, io)).filter(({ kind }) => kind === 'AppProject')
    if (documents.length === 0) throw new CliError(`${file} holds no AppProject`)
    wishes.push(
      ...documents.map(({ metadata, spec }) => ({ name: metadata.name, spec: projectSpec(spec, flags) })),
    )
  } else if (args[0] === undefined) {
    throw new CliError('name the project')
  } else {
    wishes.push({ name: args[0], spec: projectSpec({}, flags) })
  }
  for (const wish of wishes) {
    await client.change('createProject', CREATE, { ...wish, upsert: flags.isOn('upsert') })
    io.err(`project '${wish.name}' created\n`)
  }
  return 0
}

const REMOVE = `mutation($input: RemoveProjectInput!) { removeProject(input: $input) { userErrors { code message } } }`

export async function deleteProjects(context: CommandContext): Promise<number> {
  const client = await context.client()
  for (const name of context.args) {
    await confirm(context, `Delete project "${name}"?`)
    await client.change('removeProject', REMOVE, { name })
    context.io.err(`project '${name}' deleted\n`)
  }
  return 0
}

function projectDocument({ name, spec }: ProjectView): unknown {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name }, spec }
}

function summary({ name, spec }: ProjectView): string {
  return table(
    [],
    [
      ['Name:', name],
      ['Description:', spec.description ?? ''],
      ['Destinations:', destinationsOf(spec).join(' ') || '<none>'],
      ['Repositories:', (spec.sourceRepos ?? []).join(' ') || '<none>'],
      [
        'Allowed Cluster Resources:',
        (spec.clusterResourceWhitelist ?? []).map(kindText).join(' ') || '<none>',
      ],
      [
        'Denied Namespaced Resources:',
        (spec.namespaceResourceBlacklist ?? []).map(kindText).join(' ') || '<none>',
      ],
    ],
  )
}

function destinationsOf(spec: ProjectView['spec']): readonly string[] {
  return (spec.destinations ?? []).map(
    ({ server, name, namespace }) => `${server ?? name ?? '*'},${namespace ?? '*'}`,
  )
}

function kindText({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`
}

/** One is shown, several are counted, as Argo CD does. */
function several(texts: readonly string[]): string {
  if (texts.length === 0) return '<none>'
  return texts.length === 1 ? (texts[0] ?? '') : `${texts.length}`
}
