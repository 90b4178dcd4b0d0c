import { randomBytes } from 'node:crypto'
import { LocalVault } from '../vault/local/local-vault.js'

/** A vault with keys of its own. */
export function testVault(): LocalVault {
  const ring = () => [{ id: 'k1', secret: randomBytes(32) }]
  const rings = { renders: ring(), git: ring(), clusters: ring(), login: ring() }
  return new LocalVault({ rings, installationKey: randomBytes(32) })
}
