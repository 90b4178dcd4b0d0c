import { join } from 'node:path'
import { CommandLineGit } from '../git/command-line/command-line-git.js'
import type { PeerAnswers } from '../peers/peer-caller.js'
import { DirectoryRenderer } from '../render/directory/directory-renderer.js'
import { GitSourceFiles } from '../sources/git-source-files.js'
import { RepositoryCredential } from '../sources/repository-credential.js'
import { openSources } from '../sources/open-sources.js'
import { Ownership } from '../worker/ownership.js'
import { sourceAnswers } from '../worker/source-answers.js'
import { SourceWorker } from '../worker/source-worker.js'
import { GitConnectionCheck } from './git-connection-check.js'
import { MeasuredGit } from './measured-git.js'
import { MeasuredRenderer } from './measured-renderer.js'
import type { WatchedWorker } from './open-telemetry.js'
import { watchedWorker } from './watched-worker.js'
import { leaseTimes, type WorkerParts } from './worker-parts.js'

export interface OpenSourceWorker {
  readonly check: GitConnectionCheck
  readonly answers: PeerAnswers
  readonly watched: WatchedWorker
  start(): Promise<void>
  /** Hands over its repositories and ends. */
  close(): Promise<void>
}

/** The owner of repositories: polls, fetches, renders. */
export function openSourceWorker(parts: WorkerParts): OpenSourceWorker {
  const { stores, vault, queue, settings, logger } = parts
  const git = openGit(parts)
  const ownership = new Ownership({
    ...parts,
    leases: stores.leases,
    times: leaseTimes(settings),
    kind: 'repository',
    keys: async () => (await stores.repositories.list()).map(({ id }) => id),
    onGained: (id) => worker.gain(id),
    onLost: () => undefined,
  })
  const owns = (id: string): boolean => ownership.owns(id)
  const sources = openSources({
    ...stores,
    ...parts,
    git,
    owns,
    fence: (id) => ownership.fence(id),
    handOver: (id) => queue.ring({ kind: 'repository', id }),
    // Should it be lost, the next poll sees it too.
    onMoved: (id) => void queue.ring({ kind: 'repository', id }).catch(() => undefined),
    renderer: new MeasuredRenderer(new DirectoryRenderer(new GitSourceFiles(git)), parts.metrics),
    random: Math.random,
    pollIntervalSeconds: settings.git.pollSeconds,
    pollJitterSeconds: settings.git.jitterSeconds,
  })
  const worker: SourceWorker = new SourceWorker({ sources, logger, owns })
  const check = new GitConnectionCheck(git, new RepositoryCredential({ ...stores, vault }))
  return {
    check,
    watched: watchedWorker('repositories', () => worker.depth, ownership),
    answers: sourceAnswers({ check, vault }),
    start: async () => {
      queue.listen('repository', (id) => {
        const isOurs = worker.wakeRepository(id)
        // One that was just connected has no owner yet.
        if (!isOurs) void ownership.look()
        return isOurs
      })
      queue.listen('application', (id) => worker.wakeApplication(id))
      await ownership.start()
      worker.start()
    },
    close: async () => {
      await ownership.drain()
      await worker.close()
      await git.close()
    },
  }
}

function openGit({ settings, logger, metrics }: WorkerParts): MeasuredGit {
  const git = new CommandLineGit({
    cacheDir: join(settings.state.dir, 'mirrors'),
    logger,
    listTimeoutMs: settings.git.timeoutSeconds * 1000,
    privateAddresses: settings.network.privateAddresses,
  })
  return new MeasuredGit(git, metrics)
}
