import type { LiveReads, LogsWish, ManifestsWish, PreviewWish } from '../applications/live-reads.js'
import {
  DIFF_CALL,
  EVENTS_CALL,
  LIVE_CALL,
  LOGS_CALL,
  ORPHANS_CALL,
  MANIFESTS_CALL,
  PREVIEW_CALL,
  TREE_CALL,
  TREE_CHANGES_CALL,
} from '../applications/remote-live-reads.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import { PeerGone, type PeerAnswers, type PeerValue } from '../peers/peer-caller.js'
import { NotTheOwner } from '../reconcile/not-the-owner.js'

interface Question {
  readonly applicationId: string
  readonly predict: boolean
  readonly key: ResourceKey
  readonly about?: ResourceKey
}

/** What the owner of a cluster answers about it. */
export function readAnswers(liveReads: LiveReads): PeerAnswers {
  return {
    async *[DIFF_CALL](body) {
      const { applicationId, predict } = questionOf(body)
      yield* values(await asOwner(liveReads.diff(applicationId, predict)))
    },
    async *[PREVIEW_CALL](body) {
      const { applicationId, wish } = wishOf<PreviewWish>(body)
      yield* values([await asOwner(liveReads.preview(applicationId, wish))])
    },
    async *[LIVE_CALL](body) {
      const { applicationId, key } = questionOf(body)
      const live = await asOwner(liveReads.live(applicationId, key))
      if (live !== undefined) yield live as unknown as PeerValue
    },
    async *[MANIFESTS_CALL](body) {
      const { applicationId, wish } = wishOf<ManifestsWish>(body)
      yield* values(await asOwner(liveReads.manifests(applicationId, wish)))
    },
    async *[TREE_CALL](body) {
      yield* values([await asOwner(liveReads.tree(questionOf(body).applicationId))])
    },
    async *[ORPHANS_CALL](body) {
      yield* values(await asOwner(liveReads.orphans(questionOf(body).applicationId)))
    },
    async *[TREE_CHANGES_CALL](body, signal) {
      yield* stream(liveReads.treeChanges(questionOf(body).applicationId, signal))
    },
    async *[EVENTS_CALL](body) {
      const { applicationId, about } = questionOf(body)
      yield* values(await asOwner(liveReads.events(applicationId, about)))
    },
    async *[LOGS_CALL](body, signal) {
      const { applicationId, wish } = wishOf<LogsWish>(body)
      yield* stream(liveReads.logs(applicationId, wish, signal))
    },
  }
}

function questionOf(body: PeerValue): Question {
  return body as unknown as Question
}

function wishOf<T>(body: PeerValue): { readonly applicationId: string; readonly wish: T } {
  return body as unknown as { readonly applicationId: string; readonly wish: T }
}

function values(answer: readonly unknown[]): readonly PeerValue[] {
  return answer as readonly PeerValue[]
}

async function* stream(answer: AsyncIterable<unknown>): AsyncIterable<PeerValue> {
  try {
    for await (const value of answer) yield value as PeerValue
  } catch (error) {
    throw towardsOwner(error)
  }
}

async function asOwner<T>(read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    throw towardsOwner(error)
  }
}

/** Whoever asks looks again who owns the cluster. */
function towardsOwner(error: unknown): unknown {
  return error instanceof NotTheOwner ? new PeerGone(error.message) : error
}
