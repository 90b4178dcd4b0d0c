import { setTimeout as sleep } from 'node:timers/promises'
import type { Lie, LineLie } from '../../support/lying-proxy.js'
import type { FaultClass } from '../fault-class.js'
import { textOf } from '../oracle.js'
import type { Trial } from '../trial.js'
import { counting, refusal } from './api-server.js'

const WATCH = /\/(configmaps|secrets|services|networkpolicies)\?.*watch=/
const LIST = /\/(configmaps|secrets|services|networkpolicies)\?(limit|resourceVersion)/
const GONE = {
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' },
}

/** K-07 … K-14: what is observed is late, doubled, cut, empty or partial; others write to the same objects. */
export const watchClasses: readonly FaultClass[] = [
  {
    id: 'K-07',
    title: '410: the history is gone',
    variants: ['once', 'storm'],
    strike: async (trial, variant) => {
      const counted = counting()
      const { lies } = trial.parts
      lies.tell({
        ...{ ...counted.lie, path: WATCH, times: variant === 'once' ? 2 : 40 },
        answer: { status: 200, body: `${JSON.stringify(GONE)}\n` },
      })
      lies.cut()
      await drift(trial)
      await trial.change()
      await counted.used(variant === 'once' ? 1 : 5)
      trial.proven(counted.times() > 0 && `${counted.times()} watches were told that history is gone`)
      lies.beTruthful()
      trial.ended()
    },
  },
  {
    id: 'K-08',
    title: 'watches that double, reorder, delay, truncate events or end silently',
    variants: ['doubled', 'delayed', 'truncated', 'silent end', '5 MB line'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const { lies } = trial.parts
      const counts = { lines: 0 }
      const told = LINES[variant]
      if (told === undefined) throw new Error(`There is no watch fault ${variant}.`)
      const line = (text: string): LineLie => {
        const said = told(text)
        if (
          said.send[0] !== text ||
          said.send.length !== 1 ||
          said.after !== undefined ||
          said.delayMs !== undefined
        )
          counts.lines += 1
        return said
      }
      lies.tell({ path: WATCH, line })
      lies.cut()
      await sleep(1500)
      await trial.change()
      await drift(trial)
      const end = performance.now() + 15_000
      while (counts.lines === 0 && performance.now() < end) {
        await drift(trial)
        await sleep(500)
      }
      await sleep(2000)
      trial.proven(counts.lines > 0 && `${counts.lines} lines of watches were ${variant}`)
      lies.beTruthful()
      lies.cut()
      trial.ended()
    },
  },
  {
    id: 'K-09',
    title: 'connections break again and again, lists fail',
    variants: ['cut 60 times', 'lists fail', 'lists and cuts'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const { lies } = trial.parts
      const counted = counting()
      if (variant !== 'cut 60 times') {
        // A broken watch goes on where it was: only one without history asks for lists.
        lies.tell({ path: WATCH, times: 8, answer: { status: 200, body: `${JSON.stringify(GONE)}\n` } })
        lies.tell({ ...counted.lie, path: LIST, method: 'GET', answer: refusal(500) })
      }
      await trial.change()
      let cut = 0
      for (let time = 0; time < 60; time += 1) {
        if (variant !== 'lists fail' || time === 0) cut += lies.cut()
        await sleep(50)
      }
      await drift(trial)
      trial.proven(cut > 0 && `${cut} connections were cut`)
      if (variant !== 'cut 60 times') trial.proven(counted.times() > 0 && `${counted.times()} lists failed`)
      lies.beTruthful()
      trial.ended()
    },
  },
  {
    id: 'K-10',
    title: 'another writer updates the same objects ten times a second',
    variants: ['annotations'],
    isContested: true,
    strike: async (trial) => {
      let written = 0
      const writing = new AbortController()
      const write = async (): Promise<void> => {
        for (let number = 0; !writing.signal.aborted; number += 1) {
          const names = trial.newest.declared
            .filter(({ kind }) => kind === 'ConfigMap')
            .map(({ metadata }) => metadata.name)
          await Promise.all(
            names.map(async (name) => {
              if (await patch(trial, name, { metadata: { annotations: { other: String(number) } } }))
                written += 1
            }),
          )
          await sleep(100)
        }
      }
      const writer = write()
      await trial.change()
      await sleep(3000)
      writing.abort()
      await writer
      trial.proven(written > 0 && `another writer wrote ${written} times`)
      trial.ended()
      const lost = await withoutAnnotation(trial, 'other')
      if (lost.length > 0) trial.violated('I-5', `the other writer's field is lost on ${lost.join(', ')}`)
    },
  },
  {
    id: 'K-11',
    title: 'another manager owns a declared field and one of its own',
    variants: ['both'],
    strike: async (trial) => {
      const object = trial.newest.declared.find(({ kind }) => kind === 'Service')
      if (object === undefined) throw new Error('The trial declares no Service.')
      const path = `/api/v1/namespaces/${trial.namespace}/services/door?fieldManager=rival&force=true`
      const body = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'door', labels: { rival: 'yes' } },
        spec: { selector: { app: 'rival' } },
      }
      await trial.parts.cluster
        .client()
        .expect({ method: 'PATCH', path, body, contentType: 'application/apply-patch+yaml' })
      trial.proven('a rival took a field by server-side apply')
      trial.ended()
      await trial.recorder.converged(trial.newest, 30_000)
      const kept = await trial.parts.cluster
        .client()
        .expect({ path: `/api/v1/namespaces/${trial.namespace}/services/door` })
      const labels = kept.metadata['labels'] as Readonly<Record<string, string>> | undefined
      if (labels?.['rival'] !== 'yes')
        trial.violated('I-14', 'a field that nobody declared was taken from its owner')
      await trial.change()
    },
  },
  {
    id: 'K-13',
    title: 'discovery is partial: a group is missing or fails',
    variants: ['group missing', 'group fails'],
    recoverWithinMs: 90_000,
    strike: async (trial, variant) => {
      const counted = counting()
      const { lies, product } = trial.parts
      await product.kill()
      const path =
        variant === 'group missing' ? /^\/apis(\?|$)/ : /^\/apis(\?|$|\/networking\.k8s\.io\/v1(\?|$))/
      if (variant === 'group missing')
        lies.tell({ ...counted.lie, path, ask: PLAIN, rewrite: withoutNetworking })
      else lies.tell({ ...counted.lie, path, answer: refusal(503) })
      await product.restart()
      await trial.change()
      await counted.used(1)
      await sleep(5000)
      trial.proven(counted.times() > 0 && `discovery was partial ${counted.times()} times`)
      lies.beTruthful()
      trial.ended()
    },
  },
  {
    id: 'K-14',
    title: 'a list answers 200 with nothing or with a part',
    variants: ['empty', 'half', 'a page of HTML'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const counted = counting()
      const { lies } = trial.parts
      const lie: Pick<Lie, 'rewrite' | 'answer'> =
        variant === 'a page of HTML'
          ? { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' } }
          : { rewrite: (body) => shortened(body, variant === 'empty' ? 0 : 0.5) }
      lies.tell({ ...counted.lie, method: 'GET', path: LIST, ...lie })
      lies.tell({ path: WATCH, times: 12, answer: { status: 200, body: `${JSON.stringify(GONE)}\n` } })
      lies.cut()
      await counted.used(1)
      await trial.change()
      await sleep(3000)
      trial.proven(counted.times() > 0 && `${counted.times()} lists were ${variant}`)
      lies.beTruthful()
      lies.cut()
      trial.ended()
    },
  },
]

const PLAIN = {
  accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
}

const LINES: Readonly<Record<string, (text: string) => LineLie>> = {
  doubled: (text) => ({ send: [text, text] }),
  delayed: (text) => ({ send: [text], delayMs: 400 }),
  truncated: (text) =>
    text.includes('"MODIFIED"')
      ? { send: [text.slice(0, text.length / 2)], unfinished: true, after: 'reset' }
      : { send: [text] },
  'silent end': (text) => (text.includes('"MODIFIED"') ? { send: [], after: 'end' } : { send: [text] }),
  '5 MB line': (text) => ({
    send: text.includes('"MODIFIED"')
      ? [text.replace('"metadata":{', `"metadata":{"generateName":"${'x'.repeat(5_000_000)}",`)]
      : [text],
  }),
}

function withoutNetworking(body: string): string {
  const list = JSON.parse(body) as { items?: { metadata: { name: string } }[]; groups?: { name: string }[] }
  if (list.items !== undefined)
    list.items = list.items.filter(({ metadata }) => metadata.name !== 'networking.k8s.io')
  if (list.groups !== undefined) list.groups = list.groups.filter(({ name }) => name !== 'networking.k8s.io')
  return JSON.stringify(list)
}

function shortened(body: string, share: number): string {
  const list = JSON.parse(body) as { items?: unknown[]; metadata?: { continue?: string } }
  if (list.items === undefined) return body
  list.items = list.items.slice(0, Math.floor(list.items.length * share))
  if (list.metadata !== undefined) delete list.metadata.continue
  return JSON.stringify(list)
}

/** Somebody changes a declared field by hand: self-healing must see it. */
async function drift(trial: Trial): Promise<void> {
  const object = trial.random.pick(trial.newest.declared.filter(({ kind }) => kind === 'ConfigMap'))
  await patch(trial, object.metadata.name, { data: { version: `drift-${trial.random.next()}` } })
}

/** An object that does not exist (any more) is left alone. */
/** False when the object is not there (yet). */
async function patch(trial: Trial, name: string, body: object): Promise<boolean> {
  const path = `/api/v1/namespaces/${trial.namespace}/configmaps/${name}`
  const { status } = await trial.parts.cluster
    .client()
    .request({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' })
  return status === 200
}

async function withoutAnnotation(trial: Trial, annotation: string): Promise<readonly string[]> {
  const list = await trial.parts.cluster
    .client()
    .expect({ path: `/api/v1/namespaces/${trial.namespace}/configmaps` })
  const items = list['items'] as readonly {
    readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> }
  }[]
  const declared = new Set(trial.newest.declared.map(textOf))
  return items
    .filter(
      ({ metadata }) =>
        declared.has(`ConfigMap/${metadata.name}`) && metadata.annotations?.[annotation] === undefined,
    )
    .map(({ metadata }) => metadata.name)
}
