import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AppError } from '../../../src/base/app-error.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import { configMap, startLyingCluster, type LyingCluster } from './lying-cluster.js'

let lying: LyingCluster
let namespace: string

beforeAll(async () => {
  lying = await startLyingCluster()
  namespace = await lying.namespace()
})
afterEach(() => lying.proxy.beTruthful())
afterAll(async () => {
  await lying?.stop()
})

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  return promise.then(
    () => Promise.reject(new Error('was accepted')),
    (error: unknown) => error as AppError,
  )
}

describe('K-05: 429 with Retry-After', () => {
  it('sends nothing to that cluster until the time is over, then all succeeds', async () => {
    const cluster = lying.through()
    await cluster.catalog()
    lying.proxy.tell({
      path: /\/configmaps\//,
      times: 1,
      answer: { status: 429, headers: { 'retry-after': '2' }, body: '' },
    })
    await cluster.apply(configMap(namespace, 'r-0', '1'))
    const refused = lying.proxy.requests.findIndex(({ path }) => path.includes('r-0'))
    const [first, next] = lying.proxy.requests.slice(refused)
    expect((next?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1990)
    await Promise.all(['1', '2', '3'].map((v) => cluster.apply(configMap(namespace, `r-${v}`, v))))
  })

  it('longer than a write may wait: fails unsent, with the time to wait', async () => {
    const cluster = lying.through()
    await cluster.catalog()
    lying.proxy.tell({ path: /r-9/, answer: { status: 429, headers: { 'retry-after': '30' }, body: '' } })
    const first = await refusal(cluster.apply(configMap(namespace, 'r-9', '1')))
    const sent = lying.proxy.requests.length
    const second = await refusal(cluster.apply(configMap(namespace, 'r-8', '1')))
    expect(first).toMatchObject({ code: 'RATE_LIMITED', retry: { afterSeconds: 30 } })
    expect(second).toMatchObject({ code: 'RATE_LIMITED', retry: { afterSeconds: 30 } })
    expect(lying.proxy.requests.length).toBe(sent)
  })
})

describe('K-06: the outcome of a write is unknown', () => {
  it.each([
    ['the connection breaks', { silence: 'reset' }],
    ['the answer is 500 although it was written', { statusAfter: 500 }],
    ['the answer is 503 although it was written', { statusAfter: 503 }],
    ['the answer is 504 although it was written', { statusAfter: 504 }],
  ] as const)('%s: says so, and is not sent twice', async (name, lie) => {
    const cluster = lying.through()
    await cluster.catalog()
    const object = configMap(namespace, `u-${name.replaceAll(/\W/g, '').toLowerCase()}`, '1')
    lying.proxy.tell({ path: new RegExp(object.metadata.name), method: 'PATCH', ...lie })
    const error = await refusal(cluster.apply(object))
    expect(error).toMatchObject({ code: 'UPSTREAM_CLUSTER', retry: 'backoff' })
    expect(error.message).toContain('Whether it took effect is unknown')
    expect(error.message).toContain(`apply ConfigMap "${object.metadata.name}" in namespace "${namespace}"`)
    const sent = lying.proxy.requests.filter(({ path }) => path.includes(object.metadata.name))
    expect(sent.length).toBe(1)
  })

  it('a server that never answers: UPSTREAM_CLUSTER after its time', async () => {
    const cluster = lying.through()
    await cluster.catalog()
    lying.proxy.tell({ path: /h-1/, silence: 'hang' })
    expect(await refusal(cluster.apply(configMap(namespace, 'h-1', '1')))).toMatchObject({
      code: 'UPSTREAM_CLUSTER',
    })
  }, 20_000)

  it('a read is tried once more when its kept connection was closed', async () => {
    const cluster = lying.through()
    await cluster.catalog()
    lying.proxy.tell({ path: /kube-system/, silence: 'reset', times: 1 })
    await expect(cluster.identity()).resolves.toMatchObject({ version: 'v1.36.3' })
  })
})

describe('errors of the API server', () => {
  let secrets = 0
  const secret = (data: object): Manifest => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `s-${(secrets += 1)}`, namespace },
    ...data,
  })

  it.each([
    [{ stringData: { password: 918_273 } }, '.stringData.password: expected string'],
    [{ data: { password: 'hunter2hunter2!!' } }, 'illegal base64 data'],
    [
      { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'hunter2hunter2', 'tls.key': 'hunter2hunter2' } },
      'data',
    ],
    [{ stringData: { 'bad key/918273': 'hunter2hunter2' } }, 'HTTP 422 Invalid'],
  ])('never quote a Secret: %o', async (data, expected) => {
    const outcome = await lying.truth.apply(secret(data)).catch((error: unknown) => error as AppError)
    if (!(outcome instanceof Error)) return
    expect(outcome).toMatchObject({ code: 'BAD_USER_INPUT', retry: 'never' })
    expect(outcome.message).toContain(expected)
    expect(outcome.message).not.toMatch(/hunter2|918_?273/)
  })

  it.each<[string, Manifest, string]>([
    [
      'duplicate list keys',
      pod([
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ]),
      'duplicate entries for key',
    ],
    ['an unknown field', { ...configMap('default', 'x', '1'), dat: {} }, 'field not declared in schema'],
    ['a name that is none', configMap('default', 'Not_A_Name', '1'), 'Invalid value'],
    ['a name that climbs', configMap('default', '..', '1'), 'cannot be the name of an object'],
  ])('%s is the input, not the cluster', async (_, manifest, text) => {
    const error = await refusal(lying.truth.apply(manifest))
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', retry: 'never' })
    expect(error.message).toContain(text)
  })

  function pod(env: readonly object[]): Manifest {
    const containers = [{ name: 'a', image: 'a', env }]
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers },
    }
  }

  it('a full quota is admission, and may pass', async () => {
    const full = await lying.namespace()
    const spec = { hard: { 'count/configmaps': '0' } }
    await lying.truth.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: full },
      spec,
    })
    // The quota counts once its controller has seen it; dry runs are judged too.
    const denied = async (): Promise<AppError | undefined> =>
      lying.truth.apply(configMap(full, 'x', '1'), { dryRun: true }).then(
        () => undefined,
        (error: unknown) => error as AppError,
      )
    let error = await denied()
    for (let tries = 0; error === undefined && tries < 50; tries += 1) error = await denied()
    if (error !== undefined) expect(error).toMatchObject({ code: 'BAD_USER_INPUT', retry: 'backoff' })
  })

  it('a warning is returned, not raised', async () => {
    const cronJob = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            deprecated: true,
            deprecationWarning: 'say "v2"',
            schema: { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        ],
      },
    }
    await lying.truth.apply(cronJob)
    const widget = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace },
      size: 1,
    }
    await expect
      .poll(async () => (await lying.truth.catalog(true)).kinds.has('example.com/Widget'))
      .toBe(true)
    const { warnings } = await lying.truth.apply(widget)
    expect(warnings).toEqual(['say "v2"'])
    const error = await refusal(lying.truth.apply({ ...widget, sise: 2 }, { fieldValidation: 'Warn' }))
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})

describe('identity() names the stage that failed', () => {
  it.each([
    ['DNS', 'https://no-such-host.invalid', {}],
    ['connect', 'https://127.0.0.1:1', {}],
    ['TLS', '', { caPem: '' }],
    ['authentication', '', { bearerToken: 'wrong' }],
    ['authorization', '', { impersonate: { user: 'nobody', groups: ['system:authenticated'] } }],
    ['is not an address a cluster can have', 'https://169.254.169.254', {}],
    ['is not an address a cluster can have', 'https://[::ffff:169.254.169.254]', {}],
    ['is not an address a cluster can have', 'https://0xa9fea9fe', {}],
  ])('%s', async (stage, server, change) => {
    const { caPem, tokens } = lying.test
    const connection = { server: server || lying.test.server, caPem, bearerToken: tokens.admin, ...change }
    const cluster = new UndiciClusterConnector({ privateAddresses: 'allow' }).connect('new', connection)
    const error = await refusal(cluster.identity())
    expect(error.message).toContain(stage)
    expect(error.message).not.toContain(tokens.admin)
    await cluster.close()
  })

  it.each(['https://127.0.0.1:6443', 'https://localhost:6443', 'https://[::1]:6443', 'https://10.0.0.1'])(
    'R-34: %s is refused where private addresses are',
    async (server) => {
      const cluster = new UndiciClusterConnector({ privateAddresses: 'refuse' }).connect('new', { server })
      expect((await refusal(cluster.identity())).message).toContain('is a private address')
      await cluster.close()
    },
  )
})
