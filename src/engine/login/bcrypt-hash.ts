/** Below, a password is guessed too quickly; above, one login takes seconds. */
const COSTS = { least: 10, most: 14 }

/** `$2a$10$` and 53 characters, as Argo CD keeps them; `$2b$` and `$2y$` are the same algorithm. */
export function isBcryptHash(hash: string): boolean {
  return /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)
}

/** Why this hash is not imported, or undefined. */
export function bcryptHashProblem(hash: string): string | undefined {
  if (!isBcryptHash(hash)) return 'it is not a bcrypt hash such as "lockstep account bcrypt" prints'
  const cost = Number(hash.slice(4, 6))
  if (cost >= COSTS.least && cost <= COSTS.most) return undefined
  return `its cost is ${cost}: only hashes of cost ${COSTS.least} to ${COSTS.most} are imported`
}
