import type { Principal } from '../engine/access/principal.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { ApplicationStore } from '../store/application-store.js'
import { openApplication, type ApplicationName } from './application-access.js'
import type { LiveReads, ResourceDiff } from './live-reads.js'
import { withoutSecretValues } from './without-secret-values.js'

/** What differs between declared and live, and single live objects; Secret values never leave. */
export class DiffApplication {
  private readonly applications: ApplicationStore
  private readonly liveReads: LiveReads

  constructor(applications: ApplicationStore, liveReads: LiveReads) {
    this.applications = applications
    this.liveReads = liveReads
  }

  async run(principal: Principal, name: ApplicationName, predict = false): Promise<readonly ResourceDiff[]> {
    const application = await openApplication(this.applications, principal, { name, action: 'get' })
    const diffs = await this.liveReads.diff(application.id, predict)
    return diffs.map(masked)
  }

  async live(principal: Principal, name: ApplicationName, key: ResourceKey): Promise<Manifest | undefined> {
    const application = await openApplication(this.applications, principal, { name, action: 'get' })
    const live = await this.liveReads.live(application.id, key)
    return live === undefined ? undefined : withoutSecretValues(live)
  }
}

/** The owner masks already; this is the second lock, at the door. */
function masked(diff: ResourceDiff): ResourceDiff {
  const { live, target, predicted, differences, ...key } = diff
  const secret = diff.group === '' && diff.kind === 'Secret'
  return {
    ...key,
    ...(live && { live: withoutSecretValues(live) }),
    ...(target && { target: withoutSecretValues(target) }),
    ...(predicted && { predicted: withoutSecretValues(predicted) }),
    ...(differences && { differences: secret ? differences.map(({ path }) => ({ path })) : differences }),
  }
}
