import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultClass } from '../fault-class.js'
import type { Lie } from '../../support/lying-proxy.js'
import type { Trial } from '../trial.js'

const USED_MS = 15_000
const STATUS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

/** K-01 … K-06, K-17, K-18, K-20: the API server is away, slow, refuses, or is another one. */
export const apiServerClasses: readonly FaultClass[] = [
  {
    id: 'K-01',
    title: 'the API server is down',
    variants: ['refused for 1 s', 'refused for 12 s', 'killed'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const { cluster, clusterLink } = trial.parts
      if (variant === 'killed') {
        await trial.change()
        await cluster.killApiserver()
        trial.proven('the API server was killed')
        await sleep(1000)
        await cluster.startApiserver()
        return trial.ended()
      }
      clusterLink.set({ refuse: true })
      clusterLink.cut()
      await trial.change()
      if (variant === 'refused for 12 s') await trial.told(/cluster/)
      await sleep(variant === 'refused for 1 s' ? 1000 : 2000)
      trial.proven(clusterLink.felt > 0 && `${clusterLink.felt} connections were refused`)
      clusterLink.clear()
      trial.ended()
    },
  },
  {
    id: 'K-02',
    title: 'the answer to a write is lost after the API server acted',
    variants: ['wave, reset', 'prune, reset', 'wave, silence', 'wave, killed'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const { lies, cluster } = trial.parts
      const counted = counting()
      const method = variant.startsWith('prune') ? 'DELETE' : 'PATCH'
      lies.tell({
        ...counted.lie,
        method,
        path: own(trial),
        times: 3,
        after: variant === 'wave, silence' ? 'hang' : 'reset',
      })
      await trial.change()
      await counted.used(1)
      if (variant === 'wave, killed') {
        await cluster.killApiserver()
        await cluster.startApiserver()
      }
      trial.proven(counted.times() > 0 && `${counted.times()} answers to ${method} were lost`)
      trial.ended()
    },
  },
  {
    id: 'K-03',
    title: 'black hole, without RST',
    variants: ['both ways', 'to the server', 'to the client', 'old connections for ever'],
    recoverWithinMs: 90_000,
    falseGreenMs: 75_000,
    strike: async (trial, variant) => {
      const { clusterLink } = trial.parts
      if (variant === 'old connections for ever') {
        const stranded = clusterLink.strand()
        trial.proven(stranded > 0 && `${stranded} connections stay silent for ever`)
        await trial.change()
        return trial.ended()
      }
      const swallow = variant === 'both ways' ? 'both' : variant === 'to the server' ? 'toServer' : 'toClient'
      clusterLink.set({ swallow })
      await trial.change()
      await sleep(trial.random.pick([4000, 12_000]))
      trial.proven(clusterLink.felt > 0 && `${clusterLink.felt} packets vanished ${variant}`)
      clusterLink.clear()
      trial.ended()
    },
  },
  {
    id: 'K-04',
    title: 'latency and a narrow line',
    variants: ['200 ms', '1 s', '64 kB/s'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const { clusterLink } = trial.parts
      const narrow = {
        '200 ms': { latencyMs: 200 },
        '1 s': { latencyMs: 1000 },
        '64 kB/s': { bytesPerSecond: 64_000 },
      }
      clusterLink.set(narrow[variant as keyof typeof narrow])
      await trial.change()
      await sleep(8000)
      trial.proven(clusterLink.felt > 0 && `${clusterLink.felt} packets were slow (${variant})`)
      clusterLink.clear()
      trial.ended()
    },
  },
  {
    id: 'K-05',
    title: '429 with Retry-After',
    variants: ['10 %', '50 %', '100 %'],
    recoverWithinMs: 45_000,
    strike: async (trial, variant) => {
      const share = Number.parseInt(variant, 10) / 100
      const counted = counting(() => trial.random.next() < share)
      trial.parts.lies.tell({
        ...counted.lie,
        path: own(trial),
        answer: { ...refusal(429), headers: { 'retry-after': '1' } },
      })
      await trial.change()
      // Further commits bring further requests, so that one in ten is one.
      for (let more = 0; counted.times() === 0 && more < 8; more += 1) {
        await sleep(1500)
        await trial.change()
      }
      await sleep(2000)
      if (variant === '100 %') trial.figures['requestsWhileRefused'] = counted.times()
      if (counted.times() > 60)
        trial.violated('I-13', `${counted.times()} requests in two seconds although told to wait`)
      trial.proven(counted.times() > 0 && `${counted.times()} requests were answered 429`)
      trial.parts.lies.beTruthful()
      trial.ended()
    },
  },
  {
    id: 'K-06',
    title: '500, 503 or 504 on 30 % of the writes, which may have happened',
    variants: ['500 acted', '503 acted', '504 acted', '500 refused', '503 refused'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const [code = '', how] = variant.split(' ')
      const counted = counting(({ method }) => method !== 'GET' && trial.random.next() < 0.3)
      const fault = how === 'acted' ? { statusAfter: Number(code) } : { answer: refusal(Number(code)) }
      trial.parts.lies.tell({ ...counted.lie, path: own(trial), ...fault })
      for (let more = 0; counted.times() === 0 && more < 6; more += 1) {
        await trial.change()
        await sleep(1500)
      }
      await sleep(1500)
      trial.proven(counted.times() > 0 && `${counted.times()} writes were answered ${variant}`)
      trial.parts.lies.beTruthful()
      trial.ended()
    },
  },
  {
    id: 'K-17',
    title: 'the token is refused for a while',
    variants: ['writes refused', 'all refused, connections cut'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const counted = counting()
      trial.parts.lies.tell({ ...counted.lie, path: /./, answer: refusal(401) })
      if (variant !== 'writes refused') trial.parts.lies.cut()
      await trial.change()
      // Cut off by us, the broken connection may be what is told first.
      await trial.told(variant === 'writes refused' ? /401|credential|token|[Uu]nauthorized/ : /cluster/)
      trial.proven(counted.times() > 0 && `${counted.times()} requests were answered 401`)
      trial.parts.lies.beTruthful()
      trial.ended()
    },
  },
  {
    id: 'K-18',
    title: 'rights are taken away from some kinds in the middle',
    variants: ['reads', 'writes'],
    recoverWithinMs: 90_000,
    strike: async (trial, variant) => {
      const counted = counting(({ method }) => (method === 'GET') === (variant === 'reads'))
      trial.parts.lies.tell({ ...counted.lie, path: /\/(configmaps|networkpolicies)/, answer: refusal(403) })
      trial.parts.lies.cut()
      await trial.change()
      await sleep(5000)
      trial.proven(counted.times() > 0 && `${counted.times()} ${variant} were answered 403`)
      trial.parts.lies.beTruthful()
      trial.ended()
      // An operation that was refused is a verdict of the cluster: the next commit begins a new one.
      if (variant === 'writes') await trial.change()
    },
  },
  {
    id: 'K-20',
    title: 'another cluster answers at the same address',
    variants: ['while starting'],
    recoverWithinMs: 90_000,
    strike: async (trial) => {
      const counted = counting()
      const { lies, product } = trial.parts
      const another = '11111111-2222-3333-4444-555555555555'
      const rewrite = (body: string): string => body.replace(/"uid":\s*"[^"]+"/, `"uid":"${another}"`)
      await product.kill()
      lies.tell({ ...counted.lie, path: /\/namespaces\/kube-system/, rewrite })
      await product.restart()
      await trial.change()
      await counted.used(1)
      const before = lies.requests.length
      await trial.told(/another cluster|uid/)
      const written = lies.requests.slice(before).filter(({ method }) => method !== 'GET')
      if (written.length > 0)
        trial.violated('I-4', `${written.length} writes to a cluster that is another one`)
      trial.proven(counted.times() > 0 && `the identity was another one ${counted.times()} times`)
      lies.beTruthful()
      trial.ended()
    },
  },
]

export function own(trial: Trial): RegExp {
  return new RegExp(`/namespaces/${trial.namespace}/`)
}

export function refusal(code: number): NonNullable<Lie['answer']> {
  const reason = STATUS[code] ?? 'Unknown'
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: `fault trial: ${reason}`,
    reason,
    code,
  }
  return { status: code, body: JSON.stringify(body) }
}

/** A lie that counts its uses, so that a trial can show that it was told. */
export function counting(when: NonNullable<Lie['used']> = () => true) {
  const count = { times: 0 }
  const used: NonNullable<Lie['used']> = (request) => {
    const isUse = when(request)
    if (isUse) count.times += 1
    return isUse
  }
  const atLeast = async (wanted: number): Promise<void> => {
    const end = performance.now() + USED_MS
    while (count.times < wanted && performance.now() < end) await sleep(10)
  }
  return { lie: { used }, times: () => count.times, used: atLeast }
}
