import type { ResourceKey } from '../manifest/resource-key.js'
import { compileGlob } from '../pattern/gobwas-glob.js'
import { permitsKind } from './permits.js'
import type { OrphanedResourceKey, Project } from './project.js'

/** What every namespace has, or every cluster (contract 1.3). */
const BUILT_IN: readonly ((key: ResourceKey) => boolean)[] = [
  ({ kind, namespace, name }) => kind === 'Service' && namespace === 'default' && name === 'kubernetes',
  ({ kind, name }) => kind === 'ServiceAccount' && name === 'default',
  ({ kind, name }) => kind === 'ConfigMap' && name === 'kube-root-ca.crt',
]

/** Objects that a warning names; the rest is counted. */
const NAMED = 3

/**
 * Which of these namespaced objects, that belong to no application, the project wants to hear of (contract 1.3): not
 * the built-in ones, not what `orphanedResources.ignore` names, no kind that the project does not permit. Sorted. None
 * when the project does not ask.
 */
export function orphanedObjects(
  project: Pick<Project, 'name' | 'spec'>,
  loose: readonly ResourceKey[],
): readonly ResourceKey[] {
  const { orphanedResources } = project.spec
  if (orphanedResources === undefined) return []
  const ignores = (orphanedResources.ignore ?? []).map(ignoring)
  return loose
    .filter((key) => !isBuiltIn(key) && !ignores.some((ignored) => ignored(key)))
    .filter((key) => permitsKind(project, { ...key, namespaced: true }) === undefined)
    .sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
}

/** The sentence of the condition OrphanedResourceWarning; undefined when there is nothing to say, or nobody to hear it. */
export function orphanWarning(
  { spec }: Pick<Project, 'spec'>,
  orphans: readonly ResourceKey[],
): string | undefined {
  const [first] = orphans
  if (first === undefined || spec.orphanedResources?.warn === false) return undefined
  const named = orphans.slice(0, NAMED).map(textOf).join(', ')
  const more = orphans.length > NAMED ? ', …' : ''
  const count = orphans.length === 1 ? '1 object belongs' : `${orphans.length} objects belong`
  return `${count} to no application in namespace "${first.namespace}": ${named}${more}. Declare or delete them, or let the project ignore them (lockstep proj add-orphaned-ignore).`
}

function isBuiltIn(key: ResourceKey): boolean {
  return key.group === '' && BUILT_IN.some((matches) => matches(key))
}

/** An absent field, and an empty kind or name, match everything; an empty group is the core group. */
function ignoring({ group, kind, name }: OrphanedResourceKey): (key: ResourceKey) => boolean {
  const [isGroup, isKind, isName] = [matcher(group), matcher(kind || undefined), matcher(name || undefined)]
  return (key) => isGroup(key.group) && isKind(key.kind) && isName(key.name)
}

function matcher(glob: string | undefined): (text: string) => boolean {
  if (glob === undefined) return () => true
  const compiled = compileGlob(glob)
  return (text) => compiled(text)
}

function textOf({ kind, name }: ResourceKey): string {
  return `${kind}/${name}`
}
