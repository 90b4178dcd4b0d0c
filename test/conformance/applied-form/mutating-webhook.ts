import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Server, createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../cluster/cluster-client.js'
import type { Patch, Place } from './place.js'

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
const MARK = 'lockstep.test/seen'

interface Review {
  readonly apiVersion: string
  readonly kind: string
  readonly request: { readonly uid: string; readonly dryRun: boolean; readonly object: KubeObject }
}

/** Changes ConfigMaps of one namespace at admission, as policy engines do. */
export class MutatingWebhook {
  /** What the webhook was asked, in order. */
  readonly seen: { readonly dryRun: boolean }[] = []
  private readonly place: Place
  private readonly mutate: (object: KubeObject) => Patch
  private server: Server | undefined
  private port = 0

  constructor(place: Place, mutate: (object: KubeObject) => Patch) {
    this.place = place
    this.mutate = mutate
  }

  async start(): Promise<void> {
    const { dir } = this.place.cluster
    const [key, cert] = await Promise.all(
      ['server.key', 'server.crt'].map((name) => readFile(join(dir, name))),
    )
    const server = createServer({ ...(key && { key }), ...(cert && { cert }) }, (request, response) => {
      void this.answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    this.server = server
  }

  stop(): void {
    this.server?.closeAllConnections()
    this.server?.close()
  }

  /** The API server reads configurations from a cache: asks with dry runs until this one is in force. */
  async register(): Promise<void> {
    const body = this.configuration('None')
    await this.place.client.expect({ method: 'POST', path: CONFIGURATIONS, body })
    const before = this.seen.length
    while (this.seen.length === before) await this.probe()
  }

  async unregister(): Promise<void> {
    const path = `${CONFIGURATIONS}/${this.name()}`
    await this.place.client.expect({ method: 'DELETE', path })
    for (let before = -1; before !== this.seen.length;) {
      before = this.seen.length
      await this.probe()
    }
  }

  configuration(sideEffects: 'None' | 'Some'): object {
    const url = `https://127.0.0.1:${this.port}/`
    const caBundle = Buffer.from(this.place.cluster.caPem).toString('base64')
    const rule = {
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['configmaps'],
      operations: ['CREATE', 'UPDATE'],
    }
    const webhook = {
      name: 'mutate.lockstep.test',
      admissionReviewVersions: ['v1'],
      sideEffects,
      clientConfig: { url, caBundle },
      rules: [rule],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': this.place.namespace } },
    }
    return { metadata: { name: this.name() }, webhooks: [webhook] }
  }

  private name(): string {
    return `mutate-${this.place.namespace}`
  }

  private async probe(): Promise<void> {
    await sleep(50)
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'probe', annotations: { [MARK]: '' } },
    }
    await this.place.apply('v1/configmaps', object, { dryRun: true })
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
    const { apiVersion, kind, request: asked } = JSON.parse(text) as Review
    this.seen.push({ dryRun: asked.dryRun })
    const operations = this.mutate(asked.object)
    const patch = Buffer.from(JSON.stringify(operations)).toString('base64')
    const change = operations.length === 0 ? {} : { patchType: 'JSONPatch', patch }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ apiVersion, kind, response: { uid: asked.uid, allowed: true, ...change } }))
  }
}
