import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Cluster, Watch } from '../../../src/kube/cluster.js'
import type { LineLie } from '../../support/lying-proxy.js'
import {
  configMap,
  CONFIG_MAP,
  LIST,
  startLyingCluster,
  trueState,
  WATCH,
  type LyingCluster,
} from './lying-cluster.js'
import { Mirror } from './mirror.js'

let lying: LyingCluster

beforeAll(async () => {
  lying = await startLyingCluster()
})
afterEach(() => lying.proxy.beTruthful())
afterAll(async () => {
  await lying?.stop()
})

interface Scene {
  readonly namespace: string
  readonly mirror: Mirror
  readonly watch: Watch
  write(name: string, v: string): Promise<unknown>
  remove(name: string): Promise<unknown>
  /** Waits until the mirror shows what the API server has. */
  settled(): Promise<void>
}

async function watching(cluster: Cluster): Promise<Scene> {
  const namespace = await lying.namespace()
  const mirror = new Mirror(namespace)
  const watch = cluster.watch(CONFIG_MAP, mirror)
  await watch.ready
  await vi.waitFor(() => expect(mirror.healths.at(-1)).toBe(true), 5000)
  return {
    namespace,
    mirror,
    watch,
    write: (name, v) => lying.truth.apply(configMap(namespace, name, v)),
    remove: (name) => lying.truth.delete({ ...CONFIG_MAP, namespace, name }),
    settled: async () => {
      const truth = await trueState(lying.truth, namespace)
      await vi.waitFor(() => expect(Object.fromEntries(mirror.objects)).toEqual(Object.fromEntries(truth)), {
        timeout: 15_000,
        interval: 20,
      })
    },
  }
}

/** Passes everything on, but once, at the first line that matches, does what is said. */
function once(match: RegExp, lie: (line: string) => LineLie): (line: string) => LineLie {
  let used = false
  return (line) => {
    if (used || !match.test(line)) return { send: [line] }
    used = true
    return lie(line)
  }
}

function status(code: number, reason: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason })
}

describe('K-07: history is gone', () => {
  it.each([
    ['as the status of the watch', { answer: { status: 410, body: status(410, 'Expired') } }],
    ['as an ERROR event', { line: () => ({ send: [`{"type":"ERROR","object":${status(410, 'Gone')}}`] }) }],
  ])('410 %s: lists again, misses nothing', async (_, lie) => {
    const scene = await watching(lying.through())
    const withdraw = lying.proxy.tell({ path: WATCH, times: 3, ...lie })
    await scene.write('a', '1')
    lying.proxy.cut()
    for (const v of ['1', '2', '3', '4', '5']) await scene.write('b', v)
    await scene.settled()
    withdraw()
    await scene.write('c', '1')
    await scene.settled()
    expect(scene.mirror.lists.length).toBeGreaterThan(1)
    scene.watch.stop()
  })

  it('a storm of 410 makes a bounded number of lists and misses nothing', async () => {
    const scene = await watching(lying.through({ timing: { shortestDelayMs: 500, longestDelayMs: 30_000 } }))
    const before = scene.mirror.lists.length
    const withdraw = lying.proxy.tell({ path: WATCH, answer: { status: 410, body: status(410, 'Expired') } })
    lying.proxy.cut()
    for (let index = 0; index < 30; index += 1) {
      await scene.write(`s-${index % 3}`, String(index))
      await sleep(100)
    }
    withdraw()
    await scene.settled()
    expect(scene.mirror.lists.length - before).toBeLessThan(8)
    scene.watch.stop()
  })
})

describe('K-08: the stream is not what the server sent', () => {
  const changed = /"type":"(ADDED|MODIFIED|DELETED)"/

  it.each<[string, () => (line: string) => LineLie]>([
    ['duplicated', () => (line) => ({ send: [line, line] })],
    [
      'cut in the middle of a line',
      () => once(changed, (line) => ({ send: [line.slice(0, 80)], unfinished: true, after: 'reset' })),
    ],
    [
      'ended in the middle of a line',
      () => once(changed, (line) => ({ send: [line.slice(0, 80)], unfinished: true, after: 'end' })),
    ],
    ['garbled', () => once(changed, () => ({ send: ['{"type":"ADDED","object":{'] }))],
    ['not events', () => once(changed, () => ({ send: ['<html>502 Bad Gateway</html>'] }))],
    ['silently ended', () => once(changed, () => ({ send: [], after: 'end' }))],
    [
      'an internal error',
      () => once(changed, () => ({ send: [`{"type":"ERROR","object":${status(500, 'InternalError')}}`] })),
    ],
    [
      'a line of 5 MB',
      () =>
        once(changed, (line) => ({
          send: [line.replace('"data":{', `"pad":"${'x'.repeat(5e6)}","data":{`)],
        })),
    ],
    [
      'a line of 9 MB',
      () =>
        once(changed, (line) => ({
          send: [line.replace('"data":{', `"pad":"${'x'.repeat(9e6)}","data":{`)],
        })),
    ],
  ])('%s: no object stays stale', async (_, makeLine) => {
    const withdraw = lying.proxy.tell({ path: WATCH, line: makeLine() })
    const scene = await watching(lying.through())
    for (const v of ['1', '2', '3']) await scene.write('a', v)
    await scene.write('b', '1')
    await scene.remove('b')
    await scene.write('c', '1')
    await scene.settled()
    withdraw()
    scene.watch.stop()
  })

  it.each([
    [
      'an HTML page',
      { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' } },
    ],
    ['nothing', { answer: { status: 200, body: '' } }],
    ['a redirect', { answer: { status: 302, headers: { location: '/login' }, body: '' } }],
    ['forbidden', { answer: { status: 403, body: status(403, 'Forbidden') } }],
    ['too many requests', { answer: { status: 429, headers: { 'retry-after': '1' }, body: '' } }],
    ['a broken connection', { silence: 'reset' }],
  ] as const)('%s instead of a stream: goes on when it is over', async (_, lie) => {
    const scene = await watching(lying.through())
    lying.proxy.tell({ path: WATCH, times: 8, ...lie })
    lying.proxy.cut()
    await scene.write('a', '1')
    await scene.settled()
    scene.watch.stop()
  })

  it('reordered: the older state does not win', async () => {
    let held: string | undefined
    const line = (text: string): LineLie => {
      if (!text.includes('"type":"MODIFIED"') || held === '') return { send: [text] }
      const first = held
      held = first === undefined ? text : ''
      return { send: first === undefined ? [] : [text, first] }
    }
    const withdraw = lying.proxy.tell({ path: WATCH, line })
    const scene = await watching(lying.through())
    for (const v of ['1', '2', '3']) await scene.write('a', v)
    await scene.settled()
    expect(scene.mirror.objects.get('a')).toBe('3')
    withdraw()
    scene.watch.stop()
  })

  it('dropped: the periodic list repairs what no stream can tell', async () => {
    const withdraw = lying.proxy.tell({ path: WATCH, line: () => ({ send: [] }) })
    const scene = await watching(lying.through({ timing: { relistMs: 1000 } }))
    await scene.write('a', '1')
    await scene.settled()
    withdraw()
    scene.watch.stop()
  })

  it('no byte within the idle limit: reconnects and goes on', async () => {
    const scene = await watching(lying.through({ timing: { idleMs: 1000 } }))
    const withdraw = lying.proxy.tell({ path: WATCH, line: () => ({ send: [] }) })
    lying.proxy.cut()
    await scene.write('a', '1')
    await sleep(300)
    withdraw()
    await scene.settled()
    expect(scene.mirror.lists.length).toBe(1)
    scene.watch.stop()
  })

  it('a watch where nothing happens stays alive, stream after stream', async () => {
    const before = lying.proxy.requests.length
    const scene = await watching(lying.through({ timing: { idleMs: 4000 } }))
    await sleep(13_000)
    const streams = lying.proxy.requests.slice(before).filter(({ path }) => WATCH.test(path)).length
    expect(streams).toBeGreaterThan(2)
    expect(streams).toBeLessThan(6)
    expect(scene.mirror.healths).toEqual([true])
    expect(scene.mirror.lists.length).toBe(1)
    scene.watch.stop()
  })

  it('a stale replica: an older, empty list is not believed', async () => {
    const scene = await watching(lying.through())
    await scene.write('a', '1')
    await scene.settled()
    const body = '{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}'
    const endList = lying.proxy.tell({ path: LIST, answer: { status: 200, body } })
    const endWatch = lying.proxy.tell({ path: WATCH, answer: { status: 410, body: status(410, 'Expired') } })
    lying.proxy.cut()
    await vi.waitFor(() => expect(scene.mirror.lastReason).toContain('stale replica'), 5000)
    expect(scene.mirror.objects.get('a')).toBe('1')
    endList()
    endWatch()
    await vi.waitFor(() => expect(scene.mirror.healths.at(-1)).toBe(true), 5000)
    scene.watch.stop()
  })
})

describe('watch() in namespaced mode', () => {
  it('sees all its namespaces in one list, and no other', async () => {
    const [one, two, foreign] = [await lying.namespace(), await lying.namespace(), await lying.namespace()]
    for (const namespace of [one, two, foreign]) await lying.truth.apply(configMap(namespace, 'a', '1'))
    const mirrors = { one: new Mirror(one), two: new Mirror(two), foreign: new Mirror(foreign) }
    const cluster = lying.through({ namespaces: [one, two] })
    const watch = cluster.watch(CONFIG_MAP, {
      replaced: (objects) => Object.values(mirrors).forEach((mirror) => mirror.replaced(objects)),
      event: (event) => Object.values(mirrors).forEach((mirror) => mirror.event(event)),
      health: () => undefined,
    })
    await watch.ready
    expect(mirrors.foreign.objects.size).toBe(0)
    lying.proxy.tell({ path: WATCH, times: 1, answer: { status: 410, body: status(410, 'Expired') } })
    lying.proxy.cut()
    for (const namespace of [one, two, foreign]) await lying.truth.apply(configMap(namespace, 'a', '2'))
    await vi.waitFor(() => {
      expect(mirrors.one.objects.get('a')).toBe('2')
      expect(mirrors.two.objects.get('a')).toBe('2')
    }, 10_000)
    expect(mirrors.foreign.objects.size).toBe(0)
    watch.stop()
  })
})
