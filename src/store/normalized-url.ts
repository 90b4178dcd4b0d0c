import { normalizeRepositoryUrl } from '../engine/application/repository-url.js'

/** The form under which the stores keep and find repository URLs; callers that ask `byUrl` or `byRepository` use it too. */
export function normalizedUrl(url: string): string {
  return normalizeRepositoryUrl(url)
}
