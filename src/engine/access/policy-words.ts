/** Resources and their actions (contract 1.11, matrix); `action` and the long forms stand for all that begin so. */
export const POLICY_WORDS: Readonly<Record<string, readonly string[]>> = {
  accounts: ['get', 'create', 'update', 'delete'],
  applications: ['get', 'create', 'update', 'delete', 'sync', 'override', 'rollback', 'action'],
  applicationsets: ['get', 'create', 'update', 'delete'],
  audit: ['get'],
  certificates: ['get', 'create', 'update', 'delete'],
  clusters: ['get', 'create', 'update', 'delete'],
  exec: ['create'],
  extensions: ['invoke'],
  gpgkeys: ['get', 'create', 'delete'],
  logs: ['get'],
  projects: ['get', 'create', 'update', 'delete'],
  repositories: ['get', 'create', 'update', 'delete'],
  settings: ['get', 'update'],
  'write-repositories': ['get', 'create', 'update', 'delete'],
}

/** Resources whose objects are `<project>/<application>`. */
export const OBJECTS_IN_PROJECTS: readonly string[] = ['applications', 'applicationsets', 'logs', 'exec']
