import { randomBytes } from 'node:crypto'
import { readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commitFiles, git } from '../../support/git-repository.js'
import type { FaultClass } from '../fault-class.js'
import type { GitFault } from '../git-front.js'
import { declare, filesOf } from '../oracle.js'
import type { Trial } from '../trial.js'

const ANY = /./
const PACK = /git-upload-pack$/

const TROUBLES: Readonly<Record<string, GitFault>> = {
  down: { path: ANY, silence: 'reset' },
  hang: { path: ANY, silence: 'hang' },
  slow: { path: ANY, delayMs: 1500 },
  '429': { path: ANY, answer: { status: 429, body: 'slow down', retryAfter: 1 } },
  '500': { path: ANY, answer: { status: 500, body: 'broken' } },
  '503': { path: ANY, answer: { status: 503, body: 'away' } },
  'login page': { path: ANY, answer: { status: 200, type: 'text/html', body: '<html>Please log in</html>' } },
  'empty list of refs': {
    path: /info\/refs/,
    answer: {
      status: 200,
      type: 'application/x-git-upload-pack-advertisement',
      body: '001e# service=git-upload-pack\n00000000',
    },
  },
}

/** N-01 … N-06, N-13: Git is away, lies, goes back, or its mirror is damaged; webhooks by the hundred. */
export const gitClasses: readonly FaultClass[] = [
  {
    id: 'N-01',
    title: 'Git is down, hangs, fails, or answers something else with 200',
    variants: Object.keys(TROUBLES),
    recoverWithinMs: 45_000,
    strike: async (trial, variant) => {
      const { gitFront } = trial.parts
      gitFront.set(TROUBLES[variant])
      await trial.change()
      await sleep(4000)
      if (variant === 'hang') await sleep(4000)
      trial.proven(gitFront.felt > 0 && `${gitFront.felt} requests met: ${variant}`)
      gitFront.set(undefined)
      trial.ended()
      await trial.announce()
    },
  },
  {
    id: 'N-02',
    title: 'a pack is cut or damaged',
    variants: [...Array.from({ length: 9 }, (_, index) => `cut at ${(index + 1) * 10} %`), 'damaged'],
    recoverWithinMs: 45_000,
    strike: async (trial, variant) => {
      const { gitFront } = trial.parts
      const cut = /(\d+) %/.exec(variant)?.[1]
      gitFront.set({
        path: PACK,
        ...(cut === undefined ? { damage: flipped } : { cutAt: Number(cut) / 100 }),
      })
      await trial.change()
      const end = performance.now() + 10_000
      while (gitFront.felt === 0 && performance.now() < end) await sleep(20)
      await sleep(500)
      trial.proven(gitFront.felt > 0 && `${gitFront.felt} packs were ${variant}`)
      gitFront.set(undefined)
      trial.ended()
      await trial.announce()
    },
  },
  {
    id: 'N-03',
    title: 'a forced push',
    variants: ['rewound', 'unrelated history', 'branch deleted and back', 'branch and tag of one name'],
    goesBack: true,
    strike: async (trial, variant) => {
      await trial.change()
      await trial.recorder.converged(trial.newest, 30_000)
      await FORCED[variant]?.(trial)
      trial.ended()
    },
  },
  {
    id: 'N-04',
    title: 'a storm of pushes',
    variants: ['60 commits', '60 commits, unannounced'],
    strike: async (trial, variant) => {
      for (let number = 0; number < 60; number += 1)
        await trial.touch({ announced: variant === '60 commits' })
      trial.proven('60 commits within seconds')
      trial.ended()
    },
  },
  {
    id: 'N-06',
    title: 'the mirror is damaged under us',
    variants: ['lock left behind', 'objects removed', 'HEAD emptied', 'removed', 'packs truncated'],
    recoverWithinMs: 90_000,
    strike: async (trial, variant) => {
      const folder = await mirrorOf(trial)
      await damage(folder, variant)
      trial.proven(`the mirror was damaged: ${variant}`)
      await trial.change()
      trial.ended()
    },
  },
  {
    id: 'N-13',
    title: 'webhooks doubled, forged, late, out of order',
    variants: ['300 doubled', '300 forged', '300 fresh'],
    strike: async (trial, variant) => {
      const delivery = randomBytes(8).toString('hex')
      await trial.change({ announced: variant !== '300 forged' })
      const header = (): Record<string, string> => {
        if (variant === '300 doubled') return { 'x-github-delivery': delivery }
        return variant === '300 forged'
          ? { 'x-hub-signature-256': `sha256=${randomBytes(32).toString('hex')}` }
          : {}
      }
      const answers = await Promise.all(Array.from({ length: 300 }, () => trial.announce(header())))
      const taken = answers.filter(Boolean).length
      if (variant === '300 forged' && taken > 0) trial.violated('I-11', `${taken} forged webhooks were taken`)
      trial.proven(`300 webhooks were sent, ${taken} taken`)
      trial.ended()
    },
  },
]

const FORCED: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  rewound: async (trial) => {
    const [first, second] = trial.rounds.slice(-2)
    if (first === undefined || second === undefined) throw new Error('There is nothing to go back to.')
    await trial.force(first.commit)
    trial.rounds.push({ ...first, number: second.number + 1 })
    trial.proven('the branch was rewound by one commit')
  },
  'unrelated history': async (trial) => {
    const branch = 'elsewhere'
    const number = trial.newest.number + 1
    const declared = declare(number, { canary: trial.canary, random: trial.random })
    const commit = await commitFiles({ path: trial.repositoryPath }, filesOf(declared), { branch })
    await trial.force(commit)
    trial.rounds.push({ number, commit, declared })
    trial.proven('the branch went to a history without a common commit')
  },
  'branch deleted and back': async (trial) => {
    await git(trial.repositoryPath, ['update-ref', '-d', 'refs/heads/main'])
    await trial.announce()
    await trial.told(/main/)
    trial.proven('the branch was deleted')
    await trial.force(trial.newest.commit)
  },
  'branch and tag of one name': async (trial) => {
    const first = trial.rounds[0]?.commit ?? ''
    await git(trial.repositoryPath, ['tag', 'main', first])
    const { commit } = await trial.change()
    trial.proven(`the tag main is ${first.slice(0, 8)}, the branch ${commit.slice(0, 8)}`)
  },
}

/** The pack itself, after the lines about progress; its checksum no longer fits. */
function flipped(body: Buffer): Buffer {
  const copy = Buffer.from(body)
  const at = Math.floor(copy.length * 0.8)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}

async function mirrorOf(trial: Trial): Promise<string> {
  const [row] = await trial.world.rows('SELECT id FROM repositories WHERE url LIKE $1', [
    `%/${trial.name}.git`,
  ])
  const id = String(row?.['id'])
  return join(trial.world.stateOf('source-worker'), `mirrors/${id}.git`)
}

async function damage(folder: string, how: string): Promise<void> {
  if (how === 'removed') return rm(folder, { recursive: true })
  if (how === 'objects removed') return rm(join(folder, 'objects'), { recursive: true })
  if (how === 'HEAD emptied') return truncate(join(folder, 'HEAD'), 0)
  if (how === 'lock left behind') {
    for (const name of ['packed-refs.lock', 'config.lock', 'HEAD.lock', 'refs/heads/main.lock']) {
      await writeFile(join(folder, name), '').catch(() => undefined)
    }
    return
  }
  const packs = await readdir(join(folder, 'objects/pack')).catch(() => [])
  for (const name of packs) await truncate(join(folder, 'objects/pack', name), 20)
  if (packs.length === 0) await rm(join(folder, 'objects'), { recursive: true })
}
