import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterRequest, KubeObject } from '../../test/cluster/cluster-client.js'
import { objectPath } from '../cluster/resource-paths.js'
import type { Contestant } from '../contestant.js'
import type { BenchOptions } from '../options.js'
import { type BenchManifest, manifestsOf } from '../repository/manifests.js'
import type { Stage } from '../stage.js'
import { type Timed, within } from './measured.js'
import { pick } from './pick.js'

const SEEN_WITHIN_S = 60

/**
 * D: somebody else edits a managed object; from the answer to that edit until the observer sees the declared value
 * again. Every fifth turn edits the port of a Service (the key of its list), every fifth deletes the object.
 */
export async function edits(stage: Stage, contestant: Contestant, options: BenchOptions): Promise<Timed> {
  const latencies: number[] = []
  for (let turn = 0; turn < options.repeats; turn += 1) {
    latencies.push(await oneEdit(stage, turn))
    await sleep(options.spacingMs)
  }
  return { latenciesMs: latencies, touched: latencies.length }
}

async function oneEdit(stage: Stage, turn: number): Promise<number> {
  const edit = editOf(manifestsOf(pick(turn, stage.shape), stage.shape), turn)
  const before = await stage.cluster.client().expect({ path: objectPath(edit.declared) })
  const answer = await stage.cluster.client().expect(edit.request)
  const start = performance.now()
  const after = Math.max(versionOf(before), versionOf(answer))
  const what = (): string => `${edit.request.method} ${edit.request.path} put right`
  return (await within(SEEN_WITHIN_S, stage.observer.whenHeld(edit.declared, after), what)) - start
}

interface Edit {
  readonly declared: BenchManifest
  readonly request: ClusterRequest
}

function editOf(manifests: readonly BenchManifest[], turn: number): Edit {
  const service = manifests.find((manifest) => manifest.kind === 'Service')
  const configMap = manifests.find((manifest) => manifest.kind === 'ConfigMap')
  if (turn % 5 === 1 && service !== undefined) return editedPort(service)
  if (configMap === undefined)
    throw new Error('Cannot edit a ConfigMap: the shape has none, use --objects 2 or more')
  if (turn % 5 === 3) {
    return { declared: configMap, request: { method: 'DELETE', path: objectPath(configMap) } }
  }
  return merged(configMap, { data: { key0: `edited ${turn}` } })
}

function editedPort(service: BenchManifest): Edit {
  const body = [{ op: 'replace', path: '/spec/ports/0/port', value: 9090 }]
  const contentType = 'application/json-patch+json'
  return { declared: service, request: { method: 'PATCH', path: objectPath(service), contentType, body } }
}

function merged(declared: BenchManifest, body: unknown): Edit {
  const contentType = 'application/merge-patch+json'
  return { declared, request: { method: 'PATCH', path: objectPath(declared), contentType, body } }
}

/** A deletion answers without a version. */
function versionOf(object: KubeObject): number {
  return Number(object.metadata?.resourceVersion ?? 0)
}
