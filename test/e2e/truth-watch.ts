import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterAccess } from '../cluster/cluster-access.js'
import type { Files } from '../support/git-repository.js'
import { configMap } from './stage.js'
import type { Shell, Told } from './printed-shell.js'

const OBJECTS = 3
const EVERY_MS = 1_000

export interface TruthWatchOptions {
  readonly shell: Shell
  readonly cluster: ClusterAccess
  readonly namespace: string
  readonly names: readonly string[]
}

interface Shown {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string }
    readonly health?: { readonly status?: string }
  }
}

interface Live {
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
}

export function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `app-${String(index).padStart(3, '0')}`)
}

export function filesOf(names: readonly string[], round: number): Files {
  const files = names.flatMap((name) =>
    Array.from({ length: OBJECTS }, (_, at) => {
      const content = { of: name, round: String(round) }
      return [`${name}/${at}.yaml`, configMap(`${name}-${at}`, content, at)] as const
    }),
  )
  return Object.fromEntries(files)
}

/** Compares what the CLI lists with what is in the cluster, again and again. */
export class TruthWatch {
  readonly objects: number
  readonly #options: TruthWatchOptions
  readonly #rounds = new Map<string, number>()
  readonly #kills: Record<string, Readonly<Record<string, number>>> = {}
  readonly #refusals = new Map<string, number>()
  /** By application: since when it is shown green while it is not, in monotonic milliseconds. */
  readonly #wrongSince = new Map<string, number>()
  #longest = { ms: 0, what: '' }
  #looks = 0
  #unanswered = 0
  #slowestMs = 0
  #running = false

  constructor(options: TruthWatchOptions) {
    this.#options = options
    this.objects = options.names.length * OBJECTS
  }

  /** The commit of a round. */
  learn(commit: string, round: number): void {
    this.#rounds.set(commit, round)
  }

  note(role: string, figures: Readonly<Record<string, number>>): void {
    this.#kills[role] = figures
  }

  start(): void {
    this.#running = true
    void this.#watch()
  }

  stop(): void {
    this.#running = false
  }

  async doneIn(round: number): Promise<number> {
    return [...(await this.#live()).values()].filter((one) => one === String(round)).length
  }

  /** Until the CLI says of every application that it is synced to the commit of this round, and it is. */
  async until(round: number, patienceMs: number): Promise<void> {
    const end = performance.now() + patienceMs
    for (;;) {
      const synced = this.#greens(await this.#list()).filter(
        ([, commit]) => this.#rounds.get(commit) === round,
      )
      if (synced.length === this.#options.names.length && (await this.doneIn(round)) === this.objects) return
      if (performance.now() > end)
        throw new Error(`After ${patienceMs} ms ${synced.length} applications are Synced to round ${round}.`)
      await sleep(500)
    }
  }

  report() {
    return {
      looks: this.#looks,
      longestFalseGreenMs: Math.round(this.#longest.ms),
      longestFalseGreen: this.#longest.what,
      unanswered: this.#unanswered,
      refusals: Object.fromEntries(this.#refusals),
      slowestAnswerMs: this.#slowestMs,
      kills: this.#kills,
    }
  }

  async #watch(): Promise<void> {
    while (this.#running) {
      await this.#look()
      await sleep(EVERY_MS)
    }
  }

  /** Wrong is what was shown green before and after a look at the cluster that saw something else. */
  async #look(): Promise<void> {
    const began = performance.now()
    const before = await this.#list()
    this.#slowestMs = Math.max(this.#slowestMs, Math.round(performance.now() - began))
    this.#looks += 1
    if (before.code !== 0) return this.#refused(before)
    const live = await this.#live()
    const after = new Map(this.#greens(await this.#list()))
    const now = performance.now()
    const wrong = this.#greens(before).filter(([name, commit]) => {
      const round = String(this.#rounds.get(commit))
      const found = Array.from({ length: OBJECTS }, (_, at) => live.get(`${name}-${at}`))
      return after.get(name) === commit && found.some((one) => one !== round)
    })
    const names = new Set(wrong.map(([name]) => name))
    for (const name of this.#wrongSince.keys()) if (!names.has(name)) this.#wrongSince.delete(name)
    for (const name of names) this.#note(name, { began, now })
  }

  #note(name: string, { began, now }: { readonly began: number; readonly now: number }): void {
    const since = this.#wrongSince.get(name) ?? began
    this.#wrongSince.set(name, since)
    if (now - since > this.#longest.ms) this.#longest = { ms: now - since, what: name }
  }

  #refused({ err }: Told): void {
    this.#unanswered += 1
    const sentence = err.trim().split('\n')[0] ?? ''
    this.#refusals.set(sentence, (this.#refusals.get(sentence) ?? 0) + 1)
  }

  #greens({ code, out }: Told): readonly (readonly [string, string])[] {
    if (code !== 0) return []
    return (JSON.parse(out) as readonly Shown[])
      .filter(({ metadata }) => this.#options.names.includes(metadata.name))
      .filter(({ status }) => status?.sync?.status === 'Synced' && status.health?.status === 'Healthy')
      .map(({ metadata, status }) => [metadata.name, status?.sync?.revision ?? ''] as const)
  }

  #list(): Promise<Told> {
    return this.#options.shell.tell('node tools/lockstep.mjs app list --output json')
  }

  async #live(): Promise<ReadonlyMap<string, string | undefined>> {
    const { cluster, namespace } = this.#options
    const list = await cluster.client().expect({ path: `/api/v1/namespaces/${namespace}/configmaps` })
    return new Map(
      (list['items'] as readonly Live[])
        .filter(({ metadata }) => metadata.name.startsWith('app-'))
        .map(({ metadata, data }) => [metadata.name, data?.['round']]),
    )
  }
}
