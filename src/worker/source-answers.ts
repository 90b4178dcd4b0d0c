import type { GitRemote } from '../git/git-source.js'
import type { PeerAnswers } from '../peers/peer-caller.js'
import type { ConnectionCheck } from '../repositories/connection-check.js'
import { CHECK_REPOSITORY } from '../repositories/remote-connection-check.js'
import { openCall, type SealedCall } from '../vault/sealed-call.js'
import type { Vault } from '../vault/vault.js'

export interface SourceAnswersDeps {
  readonly check: ConnectionCheck
  readonly vault: Pick<Vault, 'open'>
}

/** What a source worker answers to other processes. */
export function sourceAnswers({ check, vault }: SourceAnswersDeps): PeerAnswers {
  return {
    async *[CHECK_REPOSITORY.method](body) {
      const remote = openCall(vault, CHECK_REPOSITORY, body as unknown as SealedCall)
      await check.check(remote as GitRemote)
      yield true
    },
  }
}
