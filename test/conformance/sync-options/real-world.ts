import { afterAll, beforeAll, expect, vi } from 'vitest'
import type { Application, ApplicationSpec } from '../../../src/engine/application/application.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import type { Operation, SyncRequest } from '../../../src/engine/sync/operation.js'
import type { Cluster } from '../../../src/kube/cluster.js'
import { parseKubeconfig } from '../../../src/kube/parse-kubeconfig.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import { ReconcileWorld } from '../../../src/reconcile/reconcile-world.fixture.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import type { ClusterAccess } from '../../cluster/cluster-access.js'
import { borrowCluster, freshNamespace } from '../../support/throw-away-cluster.js'

/** Declared is what Git has: objects, and the rest of the spec. */
export interface Wish {
  readonly objects: readonly Manifest[]
  readonly options?: readonly string[]
  readonly spec?: Partial<ApplicationSpec>
}

/** One worker on a real API server, as an application sees it. */
export class RealWorld {
  readonly access: ClusterAccess
  readonly server: Cluster
  readonly world: ReconcileWorld
  readonly namespace: string

  constructor(access: ClusterAccess, namespace: string) {
    this.access = access
    this.namespace = namespace
    const connection = parseKubeconfig(access.kubeconfig('sut'))
    this.server = new UndiciClusterConnector({ privateAddresses: 'allow' }).connect('here', connection)
    this.world = new ReconcileWorld({ stores: openMemoryStores(), cluster: this.server, namespace })
  }

  declare({ objects, options, spec }: Wish): Promise<Application> {
    return this.world.declare(objects, options && { syncOptions: options }, spec)
  }

  /** Asks for a sync and goes on with it until it is over. */
  async sync(application: Application, request: Partial<SyncRequest> = {}): Promise<Operation> {
    const { id } = await this.world.ask(application, request)
    return vi.waitFor(
      async () => {
        await this.world.reconcile.run(application.id)
        const operation = await this.world.operation(id)
        expect(operation.phase).not.toBe('Running')
        return operation
      },
      { timeout: 15_000, interval: 100 },
    )
  }

  /** Waits until the comparison says so: a watch has to tell first what others did. */
  async becomes(application: Application, sync: 'Synced' | 'OutOfSync'): Promise<void> {
    const look = async (): Promise<void> => {
      await this.world.reconcile.run(application.id)
      await this.world.statuses.flush()
      expect((await this.world.stores.applications.status(application.id))?.sync).toBe(sync)
    }
    await vi.waitFor(look, { timeout: 10_000, interval: 50 })
  }

  live(kind: string, name: string, group = ''): Promise<Manifest | undefined> {
    return this.server.get({ group, kind, namespace: this.namespace, name })
  }
}

/** A namespace on the API server that all files share, with a worker of its own; call the result inside tests. */
export function useRealWorld(): () => RealWorld {
  let real: RealWorld | undefined
  beforeAll(async () => {
    const access = await borrowCluster()
    real = new RealWorld(access, await freshNamespace(access, 'options'))
    await real.world.connect()
  })
  afterAll(() => real?.world.close())
  return () => {
    if (real === undefined) throw new Error('The world exists only inside tests and hooks.')
    return real
  }
}
