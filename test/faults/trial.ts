import { createHmac, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { commitFiles, createRepository, git, removeFiles } from '../support/git-repository.js'
import { type Round, type Shape, declare, fileOf, filesOf, liveIn, textOf } from './oracle.js'
import type { Random } from './random.js'
import { Recorder, type View } from './recorder.js'
import type { World, WorldParts } from './world.js'

export interface TrialOptions {
  readonly isPending?: boolean
}

/** The fault of this trial did not come about, so the trial proves nothing. */
export class NoFault extends Error {}

const SET_UP_MS = 60_000

/** One application with its own repository and namespace, and what is done to it. */
export class Trial {
  readonly world: World
  readonly name: string
  readonly random: Random
  readonly canary = `canary-${randomBytes(12).toString('hex')}`
  readonly rounds: Round[] = []
  readonly recorder: Recorder
  readonly violations: string[] = []
  readonly startedAt = performance.now()
  /** Idempotency keys of syncs that the product accepted. */
  readonly keys = new Set<string>()
  readonly evidence: string[] = []
  readonly figures: Record<string, number> = {}
  /** When the last fault was over: from here the time to recover counts. */
  endedAt = performance.now()
  id = ''
  #uids: ReadonlyMap<string, unknown> = new Map()
  #repository = { path: '', url: '' }
  readonly #shape: Shape
  readonly #chores: (() => Promise<unknown>)[] = []

  constructor(world: World, random: Random, options: TrialOptions = {}) {
    this.world = world
    this.random = random
    this.name = `trial-${randomBytes(5).toString('hex')}`
    this.#shape = { canary: this.canary, random, ...options }
    this.recorder = new Recorder(world, { name: this.name, namespace: this.name, rounds: this.rounds })
  }

  get parts(): WorldParts {
    return this.world.parts
  }

  get namespace(): string {
    return this.name
  }

  /** The bare repository on disk. */
  get repositoryPath(): string {
    return this.#repository.path
  }

  get newest(): Round {
    const round = this.rounds.at(-1)
    if (round === undefined) throw new Error('The trial has no commit yet.')
    return round
  }

  /** Namespace, bystander, repository, application: synced once. */
  async setUp(): Promise<void> {
    const { root, product, gitFront } = this.parts
    await this.#createNamespace()
    const declared = declare(0, this.#shape)
    const { path, commit } = await createRepository(root, this.name, filesOf(declared))
    this.rounds.push({ number: 0, commit, declared })
    this.#repository = { path, url: `${gitFront.url}/${this.name}.git` }
    await product.api.change('addRepository', { url: this.#repository.url })
    await product.api.change('createApplication', { name: this.name, spec: this.#spec() })
    if (this.#shape.isPending === true) await this.finishPending()
    const [row] = await this.world.rows('SELECT id FROM applications WHERE name = $1', [this.name])
    this.id = String(row?.['id'])
    await this.recorder.converged(this.newest, SET_UP_MS)
    this.#uids = await this.#liveUids()
    this.recorder.start()
  }

  /** The next commit: takes one object away, adds one, changes the others. Announced unless told otherwise. */
  async change(options: { readonly announced?: boolean } = {}): Promise<Round> {
    const before = this.newest
    const declared = declare(before.number + 1, this.#shape)
    const kept = new Set(declared.map(fileOf))
    const gone = before.declared.map(fileOf).filter((file) => !kept.has(file))
    await commitFiles({ path: this.repositoryPath }, filesOf(declared))
    const commit = await removeFiles({ path: this.repositoryPath }, gone)
    const round = { number: before.number + 1, commit, declared }
    this.rounds.push(round)
    if (options.announced !== false) await this.announce()
    return round
  }

  /** A commit that changes objects and removes none: many of them in a row are never a mass deletion. */
  async touch(options: { readonly announced: boolean }): Promise<void> {
    const number = this.newest.number + 1
    const declared = this.newest.declared.map((object) =>
      object.kind === 'ConfigMap' ? { ...object, data: { touched: String(number) } } : object,
    )
    const commit = await commitFiles({ path: this.repositoryPath }, filesOf(declared))
    this.rounds.push({ number, commit, declared })
    if (options.announced) await this.announce()
  }

  /** Moves the branch, wherever it was, and announces it. */
  async force(commit: string): Promise<void> {
    await git(this.repositoryPath, ['update-ref', 'refs/heads/main', commit])
    await this.announce()
  }

  /** Rings the webhook; false when the product did not take it. */
  async announce(headers: Readonly<Record<string, string>> = {}): Promise<boolean> {
    const { product, webhookSecret } = this.parts
    const { url } = this.#repository
    const body = JSON.stringify({ ref: 'refs/heads/main', repository: { clone_url: url } })
    const signature = createHmac('sha256', webhookSecret).update(body).digest('hex')
    try {
      const answer = await request(`${product.url}/api/webhook`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'push',
          'x-github-delivery': randomBytes(8).toString('hex'),
          'x-hub-signature-256': `sha256=${signature}`,
          ...headers,
        },
        body,
        // Hundreds at once; kept connections would count as held by the product for as long as it lets them idle (I-10).
        reset: true,
      })
      await answer.body.dump()
      return answer.statusCode < 300
    } catch {
      return false
    }
  }

  /** Asks for a sync as a client does that repeats itself until it is answered. */
  async sync(key: string, patienceMs = 30_000): Promise<void> {
    const end = performance.now() + patienceMs
    for (;;) {
      try {
        await this.parts.product.api.change('syncApplication', {
          name: this.name,
          prune: true,
          idempotencyKey: key,
        })
        this.keys.add(key)
        return
      } catch (error) {
        if (/another operation is running/i.test(String(error))) return
        if (performance.now() > end) throw error
        await sleep(100)
      }
    }
  }

  /** What shows that the fault came about. */
  proven(what: string | false | undefined, otherwise = 'the fault did not come about'): void {
    if (what === false || what === undefined) throw new NoFault(otherwise)
    this.evidence.push(what)
  }

  /** The fault is over. */
  ended(): void {
    this.endedAt = performance.now()
  }

  violated(invariant: string, what: string): void {
    this.violations.push(`${invariant}: ${what}`)
  }

  /** I-14: within ten seconds people are told of it. */
  async told(words: RegExp, withinMs = 10_000): Promise<void> {
    const end = performance.now() + withinMs
    let last: View | undefined
    while (performance.now() < end) {
      last = await this.recorder.view().catch(() => undefined)
      if (last !== undefined && words.test(JSON.stringify([last.conditions, last.operation?.message]))) return
      await sleep(200)
    }
    this.violated(
      'I-14',
      `nobody is told ${String(words)} within ${withinMs} ms; shown is ${JSON.stringify(last)?.slice(0, 400)}`,
    )
  }

  /** Kills the product wherever it is, and starts it again after `pauseMs`. */
  async kill(pauseMs = 0): Promise<void> {
    await this.parts.product.kill()
    await this.restart(pauseMs)
  }

  async restart(pauseMs = 0): Promise<void> {
    await sleep(pauseMs)
    // The time to start counts as time to recover.
    this.ended()
    await this.parts.product.restart()
  }

  /** Gives the pending object an address, so that the waves behind it may go on. */
  async finishPending(): Promise<void> {
    const client = this.parts.cluster.client()
    const path = `/apis/networking.k8s.io/v1/namespaces/${this.namespace}/ingresses/gate-${this.newest.number}/status`
    const body = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }
    const request = { method: 'PATCH', path, contentType: 'application/merge-patch+json', body } as const
    const end = performance.now() + SET_UP_MS
    while ((await client.request(request)).status !== 200 && performance.now() < end) await sleep(50)
  }

  /** Objects that were declared all the time and are not the same ones any more. */
  async replaced(): Promise<readonly string[]> {
    const now = await this.#liveUids()
    const always = [...this.#uids.keys()].filter((text) =>
      this.rounds.every(({ declared }) => declared.some((object) => textOf(object) === text)),
    )
    return always.filter((text) => now.get(text) !== this.#uids.get(text))
  }

  /** To be done when the trial is over. */
  atEnd(chore: () => Promise<unknown>): void {
    this.#chores.push(chore)
  }

  /** Whatever became of it: nothing of it stays behind that could disturb the next. */
  async finish(): Promise<void> {
    this.recorder.stop()
    for (const chore of this.#chores) await chore()
  }

  /** Deletes the application with all that is its own, and forgets its repository. */
  async tearDown(): Promise<void> {
    const { product } = this.parts
    this.recorder.stop()
    await product.api.change('deleteApplication', { name: this.name })
    const end = performance.now() + SET_UP_MS
    while ((await this.world.rows('SELECT 1 FROM applications WHERE id = $1', [this.id])).length > 0) {
      if (performance.now() > end) throw new Error(`Application ${this.name} is never gone.`)
      await sleep(50)
    }
    await product.api.change('removeRepository', { url: this.#repository.url })
  }

  async #liveUids(): Promise<ReadonlyMap<string, unknown>> {
    const live = await liveIn(this.parts.cluster, this.namespace)
    return new Map(live.map((object) => [textOf(object), object.metadata.uid]))
  }

  async #createNamespace(): Promise<void> {
    const client = this.parts.cluster.client()
    await client.expect({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { metadata: { name: this.namespace } },
    })
    const path = `/api/v1/namespaces/${this.namespace}/configmaps`
    await client.expect({
      method: 'POST',
      path,
      body: { metadata: { name: 'bystander', labels: { app: this.name } } },
    })
  }

  #spec() {
    return {
      project: 'default',
      source: { repoURL: this.#repository.url, path: 'app', targetRevision: 'main' },
      destination: { name: 'prod', namespace: this.namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    }
  }
}
