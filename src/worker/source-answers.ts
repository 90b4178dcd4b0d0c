import type { GitRemote } from '../git/git-source.js'
import type { PeerAnswers } from '../peers/peer-caller.js'
import type { ConnectionCheck } from '../repositories/connection-check.js'
import { CHECK_REPOSITORY_CALL, checkPlace } from '../repositories/remote-connection-check.js'
import type { Vault } from '../vault/vault.js'

export interface SourceAnswersDeps {
  readonly check: ConnectionCheck
  readonly vault: Pick<Vault, 'open'>
}

/** What a source worker answers to other processes. */
export function sourceAnswers({ check, vault }: SourceAnswersDeps): PeerAnswers {
  return {
    async *[CHECK_REPOSITORY_CALL](body) {
      const { call, sealed } = body as Readonly<Record<'call' | 'sealed', string>>
      const plain = vault.open('git', checkPlace(call), Buffer.from(sealed, 'base64'))
      await check.check(JSON.parse(new TextDecoder().decode(plain)) as GitRemote)
      yield true
    },
  }
}
