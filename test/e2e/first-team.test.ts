/** docs/user/first-team.md as printed: two people and a pipeline, each with an own configuration. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../cluster/cluster-client.js'
import { type StagePlayer, playStages } from '../cluster/play-stages.js'
import { type ServedLogs, serveLogs } from '../cluster/serve-logs.js'
import { createRepository } from '../support/git-repository.js'
import { startGitServer, type GitServer } from '../support/git-server.js'
import { ROOT, RunningProduct } from '../support/running-product.js'
import { type ThrowAwayCluster, launchThrowAwayCluster } from '../support/throw-away-cluster.js'
import { Shell, commandsIn, type Told } from './printed-shell.js'

const GIT = { username: 'robot', password: `git-${randomBytes(12).toString('hex')}` }
const PASSWORDS = { admin: 'a first password of twelve', anna: 'the sentence that anna knows' }
const PEOPLE = ['admin', 'anna', 'pipeline'] as const
type Person = (typeof PEOPLE)[number]

let root: string
let git: GitServer
let product: RunningProduct
let lent: ThrowAwayCluster
let player: StagePlayer
let logs: ServedLogs
let shells: Readonly<Record<Person, Shell>>
let page: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lockstep-team-'))
  await chmod(root, 0o711)
  page = await readFile(join(ROOT, 'docs/user/first-team.md'), 'utf8')
  ;[git, product, lent] = await Promise.all([
    startGitServer({ root, credentials: GIT }),
    RunningProduct.start(),
    launchThrowAwayCluster(),
  ])
  await createRepository(root, 'shop', { 'deploy/shop.yaml': SHOP })
  player = await playStages(lent.cluster)
  logs = await serveLogs(lent.cluster)
  for (const name of ['shop', 'payments'])
    await lent.cluster
      .client()
      .expect({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } })
  await mkdir(join(root, 'bin'))
  await symlink(join(ROOT, 'tools/lockstep.mjs'), join(root, 'bin/lockstep'))
  const config = lent.cluster.kubeconfig('sut').replace(/(?<=contexts:\s+- name: )cluster/, 'my-context')
  await writeFile(
    join(root, 'kubeconfig'),
    config.replace('current-context: cluster', 'current-context: my-context'),
  )
  await writeFile(join(root, 'git-password'), GIT.password)
  await writeFile(join(root, 'anna-password'), PASSWORDS.anna)
  shells = { admin: shellOf('admin'), anna: shellOf('anna'), pipeline: shellOf('pipeline') }
  const signedIn = await shells.admin.tell(
    `lockstep login '${product.link}' --password-stdin`,
    PASSWORDS.admin,
  )
  expect(signedIn).toMatchObject({ code: 0 })
})

afterAll(async () => {
  await logs?.stop()
  await player?.stop()
  await product?.stop()
  await Promise.all([git?.stop(), lent?.stop()])
  await rm(root, { recursive: true, force: true })
})

const SHOP = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - { name: web, image: example.org/web:1 }
`

function shellOf(person: Person): Shell {
  return new Shell(root, {
    replace: { 'https://git.example.org': git.url, 'https://lockstep.example.org': product.url },
    env: {
      PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
      KUBECONFIG: join(root, 'kubeconfig'),
      XDG_CONFIG_HOME: join(root, person),
    },
  })
}

interface Printed {
  readonly command: string
  /** What the page shows of the answer of its block; only with the last command of one. */
  readonly shows: string
}

/** The blocks below a heading: their commands, and what is printed beneath. */
function printed(heading: string): readonly Printed[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```)?/g)]
  expect(blocks.length, heading).toBeGreaterThan(0)
  return blocks.flatMap(([, block = '', shows = '']) =>
    commandsIn(block).map((command, at, all) => ({ command, shows: at === all.length - 1 ? shows : '' })),
  )
}

/** Types what stands below a heading; answers what came, by command. */
async function walk(person: Person, heading: string): Promise<ReadonlyMap<string, Told>> {
  const told = new Map<string, Told>()
  let out = ''
  for (const { command, shows } of printed(heading)) {
    const one = await shells[person].tell(command)
    told.set(command.replaceAll(/\s+/g, ' '), one)
    out += one.out
    if (/^(Error|Cannot)/.test(shows)) {
      expect(one.code, command).not.toBe(0)
      expect(one.err).toMatch(patternOf(shows))
      continue
    }
    expect(one, command).toMatchObject({ code: 0 })
    if (shows !== '') expect(out).toMatch(patternOf(shows))
  }
  return told
}

/** `…` stands for anything. */
function patternOf(shows: string): RegExp {
  const parts = shows
    .trim()
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(parts.map((part) => part.replaceAll(/\s+/g, String.raw`\s+`)).join('[\\s\\S]*'))
}

function answerTo(told: ReadonlyMap<string, Told>, beginning: string): Told {
  const found = [...told].find(([command]) => command.startsWith(beginning))?.[1]
  if (found === undefined) throw new Error(`The page has no command that begins with "${beginning}"`)
  return found
}

async function podsOfShop(): Promise<readonly string[]> {
  const list = await lent.cluster.client().expect({ path: '/api/v1/namespaces/shop/pods' })
  return (list['items'] as readonly KubeObject[]).map(({ metadata }) => metadata.name)
}

describe('a first team, as printed', () => {
  it('the admin makes room, and sees why Anna may sync', async () => {
    const told = await walk('admin', 'The admin makes room')
    expect(answerTo(told, 'lockstep policy why').out).toContain('developer')
    expect((await readFile(join(root, 'ci-token'), 'utf8')).trim()).toMatch(/^\S{20,}$/)
  })

  it('Anna deploys the shop, sees nothing else, and reads what its containers write', async () => {
    const written = (async () => {
      let pods: readonly string[] = []
      while (pods.length < 2) pods = await podsOfShop().catch(() => [])
      for (const text of ['one', 'two', 'three'])
        for (const pod of pods) logs.write({ namespace: 'shop', pod, container: 'web' }, `${text} from web`)
    })()
    const told = await walk('anna', 'Anna deploys the shop')
    await written
    expect(answerTo(told, 'lockstep app list').out).toContain('shop')
    expect(answerTo(told, 'lockstep app list').out).not.toContain('till')
    const lines = answerTo(told, 'lockstep app logs').out.trim().split('\n')
    expect(lines.map((line) => line.replace(/^\S+ /, '')).toSorted()).toEqual([
      'three from web',
      'three from web',
      'two from web',
      'two from web',
    ])
    expect(lines.slice(2).every((line) => line.endsWith('three from web'))).toBe(true)
  })

  it('Anna follows the logs as they are written', async () => {
    const [pod = ''] = await podsOfShop()
    const follow = shells.anna.tell(
      'timeout 20 lockstep app logs shop --follow --since-seconds 1 --filter fresh | head -1',
    )
    let count = 0
    const writing = setInterval(() => {
      logs.write({ namespace: 'shop', pod, container: 'web' }, `fresh ${(count += 1)}`)
    }, 100)
    const { out } = await follow
    clearInterval(writing)
    expect(out).toMatch(/^\S+ fresh \d+\n$/)
  })

  it('what Anna may not is refused with a sentence', async () => {
    await walk('anna', 'What Anna may not')
  })

  it('the pipeline deploys with the token of the role', async () => {
    await walk('pipeline', 'The pipeline')
  })

  it('the admin finds all of it in the audit, and Anna is out when she leaves', async () => {
    const told = await walk('admin', 'The admin looks it up')
    const hers = answerTo(told, 'lockstep audit list --actor anna').out
    for (const action of ['log-in', 'create-application', 'sync']) expect(hers).toContain(action)
    const denied = answerTo(told, 'lockstep audit list --actor anna --outcome denied').out
    expect(denied).toMatch(/read-application\s+name\/till/)
    expect(denied).toMatch(/delete-applications\s+application\/argocd\/shop/)
    expect(answerTo(told, 'lockstep audit list --actor proj:shop:developer').out).toContain('sync')
    await expect
      .poll(() => shells.anna.tell('lockstep app list').then(({ code }) => code), { timeout: 10_000 })
      .not.toBe(0)
    const again = await shells.anna.tell('lockstep relogin --password-stdin < anna-password')
    expect(again.code).not.toBe(0)
  })
})
