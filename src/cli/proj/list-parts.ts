import type { CommandContext } from '../command-context.js'
import { CliError } from '../cli-error.js'
import { printList } from '../output/print.js'
import { table } from '../output/table.js'
import { listAt, type Tree } from './edit-lists.js'
import { readProject } from './edit-project.js'

/** `proj windows list PROJECT`. */
export async function listWindows(context: CommandContext): Promise<number> {
  const windows = await partsOf(context, 'syncWindows')
  await printList(
    context,
    windows.map((window, index) => ({ window, id: `${index}` })),
    {
      header: [
        'ID',
        'KIND',
        'SCHEDULE',
        'DURATION',
        'APPLICATIONS',
        'NAMESPACES',
        'CLUSTERS',
        'MANUALSYNC',
        'SYNCOVERRUN',
        'TIMEZONE',
        'ANDOPERATOR',
        'DESCRIPTION',
      ],
      row: ({ id, window }) => [
        id,
        text(window, 'kind'),
        text(window, 'schedule'),
        text(window, 'duration'),
        several(window, 'applications'),
        several(window, 'namespaces'),
        several(window, 'clusters'),
        enabled(window, 'manualSync'),
        enabled(window, 'syncOverrun'),
        text(window, 'timeZone') || 'UTC',
        enabled(window, 'andOperator'),
        text(window, 'description'),
      ],
      name: ({ id }) => id,
      document: ({ window }) => window,
    },
  )
  return 0
}

/** `proj role list PROJECT`. */
export async function listRoles(context: CommandContext): Promise<number> {
  await printList(context, await partsOf(context, 'roles'), {
    header: ['ROLE-NAME', 'DESCRIPTION'],
    row: (role) => [text(role, 'name'), text(role, 'description')],
    name: (role) => text(role, 'name'),
  })
  return 0
}

/** `proj role get PROJECT ROLE`. */
export async function getRole(context: CommandContext): Promise<number> {
  const name = context.args[1] ?? ''
  const role = (await partsOf(context, 'roles')).find((one) => text(one, 'name') === name)
  if (role === undefined) throw new CliError(`project "${context.args[0]}" has no role "${name}"`)
  const lines = [
    ['Role Name:', name],
    ['Description:', text(role, 'description')],
    ['Groups:', several(role, 'groups')],
  ]
  context.io.out(
    `${table([], lines)}Policies:\n${listAt(role, 'policies')
      .map((line) => `${String(line)}\n`)
      .join('')}`,
  )
  return 0
}

async function partsOf(context: CommandContext, field: string): Promise<readonly Tree[]> {
  const { spec } = await readProject(context, context.args[0] ?? '')
  return listAt(spec, field) as readonly Tree[]
}

function text(tree: Tree, field: string): string {
  const value = tree[field]
  return typeof value === 'string' ? value : ''
}

function several(tree: Tree, field: string): string {
  return listAt(tree, field).map(String).join(',') || '-'
}

function enabled(tree: Tree, field: string): string {
  return tree[field] === true ? 'Enabled' : 'Disabled'
}
