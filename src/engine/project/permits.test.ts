import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permitsDestination, permitsKind, permitsNamespace, permitsSource } from './permits.js'
import { FRESH_DEFAULT_PROJECT_SPEC, OPEN_PROJECT_SPEC, type ProjectSpec } from './project.js'

const project = (spec: ProjectSpec) => ({ name: 'demo', spec })
const prod = { server: 'https://prod.example', name: 'prod', namespace: 'shop' }

describe('[1.10 sourceRepos] [2.2 sourceRepos] permitsSource() follows contract 1.10', () => {
  it.each<[readonly string[] | undefined, string, boolean]>([
    [undefined, 'https://h/a/b', false],
    [[], 'https://h/a/b', false],
    [['*'], 'https://h/a/b', true],
    [['https://h/a/b.git'], 'https://H/a/b', true],
    [['https://h/a/*'], 'https://h/a/b.git', true],
    [['https://h/a/*'], 'https://h/a/b/c', false],
    [['https://h/a/**'], 'https://h/a/b/c', true],
    [['https://h/a/foo'], 'https://h/a/foo1', false],
    [['git@h:a/*'], 'ssh://git@h/a/b', true],
    [['*', '!https://h/secret/*'], 'https://h/secret/x.git', false],
    [['!https://h/secret/*', '*'], 'https://h/a/x', true],
    [['!https://h/secret/*'], 'https://h/a/x', false],
    [['*', '!https://h/['], 'https://h/a/x', false],
    [['https://h/[', 'https://h/a/x'], 'https://h/a/x', true],
  ])('permitsSource() with %j of %s is %s', (sourceRepos, url, permitted) => {
    const reason = permitsSource(project(sourceRepos === undefined ? {} : { sourceRepos }), url)
    expect(reason === undefined).toBe(permitted)
    if (!permitted) expect(reason).toMatch(/^project "demo" .*(\.|add-source demo \S+)$/)
  })
})

describe('[1.10 destinations] [2.2 destinations] permitsDestination() follows contract 1.10', () => {
  it.each<[ProjectSpec['destinations'], Partial<typeof prod>, boolean]>([
    [undefined, {}, false],
    [[{ server: '*', namespace: '*' }], {}, true],
    [[{ server: 'https://prod.example', namespace: 'shop' }], {}, true],
    [[{ name: 'prod', namespace: 'sh*' }], {}, true],
    [[{ name: 'prod', server: 'https://other', namespace: '*' }], {}, true],
    [[{ name: 'dev', namespace: '*' }], {}, false],
    [[{ server: '*' }], {}, false],
    [[{ server: '*' }], { namespace: '' }, true],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!shop' },
      ],
      {},
      false,
    ],
    [[{ server: '*', namespace: '*' }, { namespace: '!kube-*' }], { namespace: 'kube-system' }, false],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!kube-*' },
      ],
      {},
      true,
    ],
    [[{ server: '*', namespace: '!kube-*' }], {}, false],
    [
      [
        { server: '*', namespace: '*' },
        { server: '!https://prod*', namespace: '*' },
      ],
      {},
      false,
    ],
    [[{ server: '*', namespace: '*' }, { name: '!prod' }], {}, false],
    [[{ server: '*', namespace: '*' }, { name: '!dev' }], { name: '' }, false],
    [[{ server: '*', namespace: '*' }, { namespace: '![' }], {}, false],
    [[{ server: '*', namespace: '*' }], { server: '', name: '' }, false],
  ])('permitsDestination() with %j of %j is %s', (destinations, where, permitted) => {
    const reason = permitsDestination(project(destinations === undefined ? {} : { destinations }), {
      ...prod,
      ...where,
    })
    expect(reason === undefined).toBe(permitted)
  })
})

describe('the project "default" of a fresh installation', () => {
  it('permits no repository, no destination and no cluster-scoped kind', () => {
    const fresh = project(FRESH_DEFAULT_PROJECT_SPEC)
    const anywhere = { server: 'https://one:6443', name: 'one', namespace: 'shop' }
    expect(permitsSource(fresh, 'https://git.example.org/shop.git')).toContain('does not permit')
    expect(permitsDestination(fresh, anywhere)).toContain('does not permit')
    expect(permitsKind(fresh, { group: '', kind: 'Namespace', namespaced: false, name: 'shop' })).toContain(
      'does not permit',
    )
  })
})

describe('projects go by which cluster it is, not by how it is spelled', () => {
  it.each<[NonNullable<ProjectSpec['destinations']>, boolean]>([
    [[{ server: 'https://PROD.Example/', namespace: '*' }], true],
    [[{ server: 'https://prod.example:443', namespace: '*' }], true],
    [[{ server: 'https://PROD.*', namespace: '*' }], true],
    [[{ server: '*', namespace: '*' }, { server: '!https://PROD.example:443/' }], false],
    [[{ server: '*', namespace: '*' }, { server: '!HTTPS://prod.EXAMPLE*' }], false],
    [[{ name: 'prod', namespace: '*' }, { server: '!https://Prod.example/' }], false],
  ])('[1.10 destinations] %j permits %s', (destinations, permitted) => {
    expect(permitsDestination(project({ destinations }), prod) === undefined).toBe(permitted)
  })

  it('[1.10 Project-scoped repos and clusters] what belongs to a project is used by that project only', () => {
    const open = project(OPEN_PROJECT_SPEC)
    expect(permitsDestination(open, { ...prod, project: 'other' })).toContain('belongs to another project')
    expect(permitsSource(open, 'https://h/a', 'other')).toContain('belongs to another project')
    const closed = project({})
    expect(permitsDestination(closed, { ...prod, project: 'demo' })).toBeUndefined()
    expect(permitsSource(closed, 'https://h/a', 'demo')).toBeUndefined()
  })

  it('[1.10 Project-scoped repos and clusters] a deny counts for what belongs to the project too', () => {
    const denies = project({ sourceRepos: ['!https://h/*'], destinations: [{ namespace: '!kube-*' }] })
    expect(permitsSource(denies, 'https://h/a', 'demo')).toContain('denies the repository')
    expect(permitsDestination(denies, { ...prod, namespace: 'kube-system', project: 'demo' })).toContain(
      'denies',
    )
  })

  it('[1.10 permitOnlyProjectScopedClusters] [2.2 permitOnlyProjectScopedClusters] refuses every other cluster and says how to change that', () => {
    const strict = project({ ...OPEN_PROJECT_SPEC, permitOnlyProjectScopedClusters: true })
    expect(permitsDestination(strict, prod)).toContain('lockstep cluster set prod --project demo')
    expect(permitsDestination(strict, { ...prod, project: 'demo' })).toBeUndefined()
  })

  it.each<[readonly string[] | undefined, string, boolean]>([
    [undefined, 'argocd', true],
    [undefined, 'team-a', false],
    [['team-*'], 'team-a', true],
    [['team-*', 'x'], 'other', false],
    [['{team-a,team-b}'], 'team-b', true],
  ])(
    '[1.10 sourceNamespaces] [2.2 sourceNamespaces] %j with an application of %s: %s',
    (sourceNamespaces, namespace, permitted) => {
      const spec = sourceNamespaces === undefined ? {} : { sourceNamespaces }
      expect(permitsNamespace(project(spec), namespace) === undefined).toBe(permitted)
    },
  )
})

describe('[1.10 clusterResourceWhitelist / Blacklist] [1.10 namespaceResourceWhitelist / Blacklist] [2.2 clusterResourceWhitelist] [2.2 clusterResourceBlacklist] [2.2 namespaceResourceWhitelist] [2.2 namespaceResourceBlacklist] permitsKind()', () => {
  const namespaced = { group: 'apps', kind: 'Deployment', namespaced: true, name: 'web' }
  const cluster = { group: '', kind: 'Namespace', namespaced: false, name: 'team-a' }

  it.each<[ProjectSpec, boolean, boolean]>([
    [{}, true, false],
    [OPEN_PROJECT_SPEC, true, true],
    [{ clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'team-*' }] }, true, true],
    [{ clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'other-*' }] }, true, false],
    [
      {
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        clusterResourceBlacklist: [{ group: '', kind: 'N*' }],
      },
      true,
      false,
    ],
    [{ namespaceResourceWhitelist: [] }, false, false],
    [{ namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }] }, true, false],
    [{ namespaceResourceWhitelist: [{ group: '', kind: 'ConfigMap' }] }, false, false],
    [{ namespaceResourceBlacklist: [{ group: 'apps', kind: 'Deploy*' }] }, false, false],
    [{ namespaceResourceBlacklist: [{ group: '', kind: '*' }] }, true, false],
    [
      {
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        clusterResourceBlacklist: [{ group: '*', kind: '[' }],
      },
      true,
      false,
    ],
  ])('permitsKind() with %j: namespaced %s, cluster-scoped %s', (spec, one, other) => {
    expect(permitsKind(project(spec), namespaced) === undefined).toBe(one)
    expect(permitsKind(project(spec), cluster) === undefined).toBe(other)
  })

  it('permitsKind() says what to change', () => {
    expect(permitsKind(project({}), cluster)).toBe(
      `project "demo" does not permit the kind Namespace. Add it to the project's clusterResourceWhitelist: lockstep proj allow-cluster-resource demo '' Namespace`,
    )
  })
})

describe('permits properties', () => {
  const pattern = fc.constantFrom('*', 'a', 'a*', '[', '?', '{a,b}', '!a', '!*', '![')
  const word = fc.constantFrom('', 'a', 'b', 'ab')

  it('permitsDestination() and permitsSource() permit nothing new when a deny is added', () => {
    const entry = fc.record({ server: pattern, name: pattern, namespace: pattern })
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 4 }),
        pattern,
        word,
        word,
        (destinations, extra, cluster, namespace) => {
          const where = { server: cluster, name: cluster, namespace }
          const deny = `!${extra.startsWith('!') ? extra.slice(1) : extra}`
          const more = [...destinations, { server: '*', namespace: deny }]
          if (permitsDestination(project({ destinations: more }), where) === undefined) {
            expect(permitsDestination(project({ destinations }), where)).toBeUndefined()
          }
          const sourceRepos = destinations.map((one) => one.namespace)
          if (permitsSource(project({ sourceRepos: [...sourceRepos, deny] }), cluster) === undefined) {
            expect(permitsSource(project({ sourceRepos }), cluster)).toBeUndefined()
          }
        },
      ),
    )
  })
})
