import type { CommandContext, CommandRun } from '../command-context.js'
import type { SpecEdit, Tree } from './edit-lists.js'

const READ = 'query($name: String!) { project(name: $name) { name spec generation } }'
const SAVE = `mutation($input: CreateProjectInput!) { createProject(input: $input) {
  project { name } userErrors { code message } } }`

export interface ReadProject {
  readonly name: string
  readonly spec: Tree
  readonly generation: number
}

export async function readProject(context: CommandContext, name: string): Promise<ReadProject> {
  const client = await context.client()
  return (await client.ask<{ readonly project: ReadProject }>(READ, { name })).project
}

/** A command that reads a project, changes its spec, and saves it unless somebody else was faster. */
export function editsProject(edit: (project: string) => SpecEdit, done: string): CommandRun {
  return async (context) => {
    const [name = '', ...args] = context.args
    const { spec, generation } = await readProject(context, name)
    const input = { name, spec: edit(name)(spec, args, context.flags), upsert: true, generation }
    await (await context.client()).change('createProject', SAVE, input)
    context.io.err(`project '${name}' ${done}\n`)
    return 0
  }
}
