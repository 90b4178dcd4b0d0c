import { join } from 'node:path'
import { load } from 'js-yaml'
import { ClusterClient } from '../../test/cluster/cluster-client.js'
import { applyManifest, applyManifests } from '../cluster/apply-manifests.js'
import { holds } from '../cluster/holds.js'
import { keyOf, manifestKey } from '../cluster/resource-paths.js'
import { type Seen, watchResources } from '../cluster/watch-resources.js'
import { git } from '../repository/git.js'
import { type BenchManifest, allManifests } from '../repository/manifests.js'
import { BlobReader } from './blob-reader.js'
import type { FloorSetup } from './messages.js'

/**
 * The least that could be done: the same objects with a bare client, and nothing else. No status, no history, no
 * permission, no health. What the product takes more than this is the price of being one.
 */
export class FloorWorker {
  private readonly setup: FloorSetup
  private readonly client: ClusterClient
  private readonly mirror: string
  private blobs: BlobReader | undefined

  constructor(setup: FloorSetup) {
    this.setup = setup
    this.client = new ClusterClient(setup.server, setup.caPem, setup.token)
    this.mirror = join(setup.folder, 'floor-mirror.git')
  }

  applyAll(): Promise<void> {
    return applyManifests(this.client, allManifests(this.setup.shape))
  }

  async cloneMirror(): Promise<void> {
    if (this.blobs !== undefined) return
    await git(this.setup.folder, 'clone', '--quiet', '--mirror', this.setup.repositoryUrl, this.mirror)
    this.blobs = new BlobReader(this.mirror)
  }

  /** Fetch, and read the trees of all applications: enough to know that none of them changed. */
  async look(): Promise<void> {
    await git(this.mirror, 'fetch', '--quiet', 'origin')
    await git(this.mirror, 'ls-tree', 'main:apps')
  }

  /** Fetch, find the changed files, read them, apply them. */
  async followCommit(before: string, after: string): Promise<void> {
    if (this.blobs === undefined) throw new Error('Cannot follow a commit: the mirror was not cloned')
    await git(this.mirror, 'fetch', '--quiet', 'origin')
    const lines = (await git(this.mirror, 'diff-tree', '-r', before, after)).split('\n')
    const changed = lines.map((line) => line.split(/\s/)[3] ?? '')
    for (const oid of changed)
      await applyManifest(this.client, load(await this.blobs.read(oid)) as BenchManifest)
  }

  /** Watch, and apply again whatever is no longer as declared. */
  heal(): Promise<void> {
    const declared = new Map<string, BenchManifest>()
    for (const manifest of allManifests(this.setup.shape)) declared.set(manifestKey(manifest), manifest)
    const judge = ({ kind, object, deleted }: Seen): void => {
      const wanted = declared.get(keyOf(kind, object.metadata.namespace ?? '', object.metadata.name))
      if (wanted === undefined || (!deleted && isAsDeclared(object, wanted))) return
      void this.correct(wanted, deleted)
    }
    return watchResources(this.client, judge, new AbortController().signal)
  }

  /** An edited port of a Service is a new key of its list: an apply would only add ours, so the list is replaced. */
  private async correct(wanted: BenchManifest, deleted: boolean): Promise<void> {
    if (wanted.kind === 'Service' && !deleted) {
      const { ports } = wanted['spec'] as { readonly ports: unknown }
      await this.client.expect({
        method: 'PATCH',
        path: `/api/v1/namespaces/${wanted.metadata.namespace}/services/${wanted.metadata.name}`,
        contentType: 'application/json-patch+json',
        body: [{ op: 'replace', path: '/spec/ports', value: ports }],
      })
      return
    }
    await applyManifest(this.client, wanted)
  }
}

function isAsDeclared(live: object, wanted: BenchManifest): boolean {
  const { apiVersion: _version, kind: _kind, ...rest } = wanted
  return holds(live, rest)
}
