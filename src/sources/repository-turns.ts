/**
 * One at a time per repository: an older look at its refs must not be saved after a newer one. Work on several
 * repositories takes its turns in one order, so that two never wait for each other.
 */
export class RepositoryTurns {
  private readonly last = new Map<string, Promise<void>>()

  async run<T>(repositoryIds: readonly string[], task: () => Promise<T>): Promise<T> {
    const [first, ...rest] = [...new Set(repositoryIds)].sort()
    if (first === undefined) return task()
    const before = this.last.get(first)
    const { promise, resolve } = Promise.withResolvers<void>()
    const mine = (before ?? Promise.resolve()).then(() => promise)
    this.last.set(first, mine)
    try {
      await before
      return await this.run(rest, task)
    } finally {
      if (this.last.get(first) === mine) this.last.delete(first)
      resolve()
    }
  }
}
