const READ = [
  'applications',
  'applicationsets',
  'certificates',
  'clusters',
  'repositories',
  'write-repositories',
  'projects',
  'accounts',
  'gpgkeys',
  'logs',
]

/** What `role:admin` may beyond reading: resource → actions. `settings` and `audit` exist in Lockstep only. */
const ADMIN: Readonly<Record<string, readonly string[]>> = {
  applications: [
    'create',
    'update',
    'update/*',
    'delete',
    'delete/*',
    'sync',
    'rollback',
    'override',
    'action/*',
  ],
  applicationsets: ['create', 'update', 'delete'],
  certificates: ['create', 'update', 'delete'],
  clusters: ['create', 'update', 'delete'],
  repositories: ['create', 'update', 'delete'],
  'write-repositories': ['create', 'update', 'delete'],
  projects: ['create', 'update', 'delete'],
  accounts: ['create', 'update', 'delete'],
  gpgkeys: ['create', 'delete'],
  exec: ['create'],
  settings: ['get', 'update'],
  audit: ['get'],
}

/** Roles of every installation: `role:readonly`, `role:admin`, and the local account `admin` in it (contract 1.11). */
export const BUILT_IN_POLICY: readonly string[] = [
  ...READ.map((resource) => `p, role:readonly, ${resource}, get, *, allow`),
  ...Object.entries(ADMIN).flatMap(([resource, actions]) =>
    actions.map((action) => `p, role:admin, ${resource}, ${action}, *, allow`),
  ),
  'g, role:admin, role:readonly',
  'g, admin, role:admin',
]
