import type { Fence } from '../store/records.js'

/**
 * One at a time per repository: an older look at its refs must not be saved after a newer one. Work on several
 * repositories takes its turns in one order, so that two never wait for each other. A turn knows the fence of the first of its
 * repositories as it was when the turn began: who loses that repository meanwhile, even if it is given back, writes nothing of the turn.
 */
export class RepositoryTurns {
  private readonly last = new Map<string, Promise<void>>()
  private readonly fence: ((repositoryId: string) => Fence) | undefined

  /** `fence` throws CONFLICT when another process owns the repository. Default: this one owns all, and there are no fences. */
  constructor(fence?: (repositoryId: string) => Fence) {
    this.fence = fence
  }

  run<T>(repositoryIds: readonly string[], task: (fence: Fence | undefined) => Promise<T>): Promise<T> {
    const home = homeOf(repositoryIds)
    return this.inTurns(repositoryIds, async () => task(home === undefined ? undefined : this.fence?.(home)))
  }

  private async inTurns<T>(repositoryIds: readonly string[], task: () => Promise<T>): Promise<T> {
    const [first, ...rest] = [...new Set(repositoryIds)].sort()
    if (first === undefined) return task()
    const before = this.last.get(first)
    const { promise, resolve } = Promise.withResolvers<void>()
    const mine = (before ?? Promise.resolve()).then(() => promise)
    this.last.set(first, mine)
    try {
      await before
      return await this.inTurns(rest, task)
    } finally {
      if (this.last.get(first) === mine) this.last.delete(first)
      resolve()
    }
  }
}

/** Whose owner works on what needs all of these repositories: the first of them. */
export function homeOf(repositoryIds: readonly string[]): string | undefined {
  return [...repositoryIds].sort()[0]
}
