import { isAutomated, sourcesOf, type Application } from '../engine/application/application.js'

/** What lists filter by, derived from the spec; stores keep it beside the spec and write both together. */
export interface ListColumns {
  /** The head that a single source follows; absent = a commit, or several sources. */
  readonly headRef?: string
  /** All sources are commits: no head counts. */
  readonly pinned: boolean
  readonly destinationNamespace?: string
  readonly autoSync: boolean
  /** What free text looks in. */
  readonly search: string
}

const COMMIT = /^[0-9a-f]{40}$/

export function listColumns({ name, spec }: Application): ListColumns {
  const sources = sourcesOf(spec)
  const [only] = sources
  const revisions = sources.map(({ targetRevision }) => targetRevision ?? '')
  const pinned = sources.length > 0 && revisions.every((revision) => COMMIT.test(revision))
  const { namespace } = spec.destination
  const follows = sources.length === 1 && only !== undefined && !pinned
  const places = sources.flatMap(({ repoURL, path }) => [repoURL, path ?? ''])
  return {
    ...(follows && { headRef: headRefOf(only.targetRevision ?? '') }),
    pinned,
    ...(namespace !== undefined && { destinationNamespace: namespace }),
    autoSync: isAutomated(spec),
    search: searchForm([name, spec.project, ...places].join('\n')),
  }
}

/** ASCII letters in lower case: the same in every store, whatever its locale. */
export function searchForm(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** Only HEAD and branches move without the application being affected; a tag that is meant stays as it was compared. */
function headRefOf(targetRevision: string): string {
  if (targetRevision === '' || targetRevision === 'HEAD') return 'HEAD'
  return targetRevision.startsWith('refs/') ? targetRevision : `refs/heads/${targetRevision}`
}
