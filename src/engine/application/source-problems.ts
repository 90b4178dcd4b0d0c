/** What is wrong with the URL of a repository, as a sentence; else undefined. */
export function repositoryProblem(url: string): string | undefined {
  if (url.startsWith('-') || url.includes('::') || /\s/.test(url)) {
    return 'is not a repository URL; write it like "https://git.example/org/repo.git".'
  }
  return undefined
}

/** What is wrong with a path in a repository, as a sentence; else undefined. */
export function pathProblem(path: string): string | undefined {
  if (path.startsWith('/')) return 'must be relative to the root of the repository; remove the first "/".'
  return path.split('/').includes('..') ? 'must not leave the repository; remove "..".' : undefined
}
