import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { silentLogger } from '../../src/base/logger.js'
import type { Application } from '../../src/engine/application/application.js'
import type { ApplicationStatus } from '../../src/engine/status/application-status.js'
import { POLICY_SETTING } from '../../src/access/read-policy.js'
import { API_TOKEN_PREFIX, hashToken, newSecretToken } from '../../src/login/secret-token.js'
import { openStores } from '../../src/store/prisma/open-stores.js'
import type { Stores } from '../../src/store/stores.js'
import { inFlight } from '../cluster/apply-manifests.js'
import { appName } from '../repository/manifests.js'

const MEMBER = 'member'
const PROJECTS = 100
/** Projects that the member sees: with the line that makes it a member, ten lines. */
const PROJECTS_OF_MEMBER = 9
const STATUS_BATCH = 1000
/** Nobody fetches this repository, and a commit never moves: no refresh takes the applications up. */
const REPOSITORY = 'https://git.example.org/bench.git'
const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const REVISIONS = [COMMIT]

/** Rows that say of each new application, in the transaction that makes it, that nothing is left to do: no sweep takes it up. */
const SETTLED = `
  CREATE FUNCTION bench_settled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO application_desired (application_id, generation, revisions, render_keys, inputs, updated_at)
      VALUES (NEW.id, NEW.generation, '${JSON.stringify(REVISIONS)}', '[]', '[]', now() - interval '1 minute');
    INSERT INTO application_status (application_id, sync, health, revisions, conditions, resources, observed_generation, observed_at, sequence)
      VALUES (NEW.id, 'Unknown', 'Unknown', '${JSON.stringify(REVISIONS)}', '[]', '[]', NEW.generation, now(), 0);
    RETURN NULL;
  END $$;
  CREATE TRIGGER bench_settled AFTER INSERT ON applications FOR EACH ROW EXECUTE FUNCTION bench_settled()`

/** Rows as the product keeps them, written by its own stores: what a list reads, without a cluster or Git behind it. */
export class Seed {
  private readonly stores: Stores
  private readonly connectionString: string

  constructor(connectionString: string) {
    this.connectionString = connectionString
    this.stores = openStores({ connectionString, logger: silentLogger, maxConnections: 8 })
  }

  /** The first one exists: it is why the cluster is observed. A fifth is out of sync. Nobody is woken. */
  async applications(count: number): Promise<void> {
    await this.settleNew()
    const applications = Array.from({ length: count }, (_, index) => application(index + 1))
    await inFlight(applications, (one) =>
      this.stores.applications.create(one, recordOf('create-application')),
    )
    for (let start = 0; start < count; start += STATUS_BATCH) {
      const batch = applications.slice(start, start + STATUS_BATCH)
      await this.stores.applications.saveStatuses(batch.map((one, at) => status(one.id, start + at)))
    }
  }

  private async settleNew(): Promise<void> {
    const client = new pg.Client({ connectionString: this.connectionString })
    await client.connect()
    await client.query(SETTLED).finally(() => client.end())
  }

  /** An account with a token; answers the token. */
  async member(): Promise<string> {
    const { accounts } = this.stores
    const id = randomUUID()
    const createdAt = new Date().toISOString()
    await accounts.createUser(
      { id, username: MEMBER, disabled: false, capabilities: ['apiKey'], createdAt },
      recordOf('create-account'),
    )
    const token = newSecretToken(API_TOKEN_PREFIX)
    const now = Date.now()
    const credential = {
      id: randomUUID(),
      kind: 'token' as const,
      userId: id,
      tokenHash: hashToken(token),
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + 86_400_000).toISOString(),
    }
    await accounts.createCredential(credential, recordOf('create-token'))
    return token
  }

  async policy(lines: number): Promise<void> {
    await this.stores.settings.set(POLICY_SETTING, policyOf(lines).join('\n'), recordOf('set-policy'))
  }

  close(): Promise<void> {
    return this.stores.close()
  }
}

/** Ten lines say all that the member may; of the others a tenth is about its role too, and matches nothing. */
function policyOf(lines: number): readonly string[] {
  const own = Array.from(
    { length: PROJECTS_OF_MEMBER },
    (_, index) => `p, role:team, applications, get, ${project(index)}/*, allow`,
  )
  const rest = Array.from({ length: Math.max(0, lines - own.length - 1) }, (_, index) => {
    const role = index % 10 === 0 ? 'role:team' : `role:team-${index % 97}`
    return `p, ${role}, applications, get, ${project(index % PROJECTS_OF_MEMBER)}/absent-${index}, allow`
  })
  return [...own, `g, ${MEMBER}, role:team`, ...rest]
}

function project(index: number): string {
  return `project-${String(index % PROJECTS).padStart(3, '0')}`
}

function application(index: number): Application {
  const name = appName(index)
  return {
    id: randomUUID(),
    namespace: 'argocd',
    name,
    labels: {},
    annotations: {},
    spec: {
      project: project(index),
      destination: { name: 'bench', namespace: name },
      source: { repoURL: REPOSITORY, path: `apps/${name}`, targetRevision: COMMIT },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
    generation: 1,
    createdAt: new Date().toISOString(),
  }
}

function status(applicationId: string, index: number): ApplicationStatus {
  const sync = index % 5 === 0 ? 'OutOfSync' : 'Synced'
  return {
    applicationId,
    sync,
    health: { status: 'Healthy' },
    revisions: REVISIONS,
    conditions: [],
    resources: [
      {
        group: '',
        kind: 'ConfigMap',
        namespace: appName(index),
        name: 'settings-1',
        version: 'v1',
        status: sync,
      },
    ],
    observedGeneration: 1,
    observedAt: new Date().toISOString(),
  }
}

function recordOf(action: string) {
  return { audit: { actor: 'system', action, object: 'seed' }, doorbells: [] }
}
