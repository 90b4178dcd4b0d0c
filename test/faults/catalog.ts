import { apiServerClasses } from './classes/api-server.js'
import { clockClasses } from './classes/clock.js'
import { databaseClasses } from './classes/database.js'
import { gitClasses } from './classes/git.js'
import { killClasses } from './classes/processes.js'
import { redisClasses } from './classes/redis.js'
import { roleClasses } from './classes/roles.js'
import { stepClasses } from './classes/steps.js'
import { watchClasses } from './classes/watches.js'
import type { FaultClass } from './fault-class.js'

/** Every class that is tried. */
export const CLASSES: readonly FaultClass[] = [
  ...stepClasses,
  ...killClasses,
  ...databaseClasses,
  ...redisClasses,
  ...roleClasses,
  ...apiServerClasses,
  ...watchClasses,
  ...gitClasses,
  ...clockClasses,
]

const NO_HOOKS = 'there are no hooks yet'

/** Classes that are not tried yet, each with its reason. */
export const UNCOVERED: Readonly<Record<string, string>> = {
  'F-10': NO_HOOKS,
  'F-11': NO_HOOKS,
  'F-15': NO_HOOKS,
  'F-23': 'tried by the model of leases; the trials have one cluster',
  'F-24': 'there is no second version to upgrade to',
  'F-27': 'the Redis of the trials has no replica',
  'F-29': 'not written yet; a silent and a frozen Redis are tried in F-28',
  'F-32': 'the embedded Postgres has no standby',
  'F-33': 'the embedded Postgres has no standby',
  'F-36 (disk full)': 'needs a small file system of its own; read-only is tried',
  'F-37': 'tried by the tests of the migrations',
  'F-38': 'there is no backup and restore yet',
  'K-12': 'not written yet',
  'K-15': 'not written yet; admission is tried by test/conformance/applied-form',
  'K-16': 'not written yet',
  'K-19': 'not written yet: needs a snapshot of etcd',
  'K-21': 'a matter of the benchmark',
  'K-22': NO_HOOKS,
  'K-23': 'not written yet',
  'K-24': 'there is one version of the API server',
  'K-08 (dropped or reordered events on a living stream)':
    'no client can notice; the hourly list repairs it, tried in test/integration/kube',
  'K-08 (no bookmarks)': 'the API server sends one a minute, longer than a trial',
  'N-05': 'a matter of the benchmark',
  'N-07': 'tried by the tests of the engine; not end to end yet',
  'N-08': 'not written yet',
  'N-09': 'the kills of F-05 to F-07 are its crash; no stale content is injected yet',
  'N-10': 'there are no chart registries yet',
  'N-11': 'tried by test/e2e/bad-input.test.ts',
  'N-12': 'there are no generators yet',
  'N-15': 'not written yet',
  'N-16': 'not written yet',
  'N-17': 'not written yet',
  'N-18': 'not written yet',
  'N-19': 'not written yet',
  'N-20': 'tried by test/integration/store/vault-keys.test.ts and test/e2e/processes.test.ts',
  'N-21': 'there is no single sign-on yet',
  'N-22': 'there are no notifications yet',
  'N-23': 'not written yet',
  'N-24': 'not written yet',
  'N-25': 'a series of 72 hours: run the classes with many trials',
}
