import type { InputOids } from '../engine/application/is-affected.js'
import { crashPoint } from '../base/crash-point.js'
import type { GitSource } from '../git/git-source.js'
import { encodeRender, renderLocation } from '../render/render-archive.js'
import { renderKey } from '../render/render-key.js'
import type { Renderer } from '../render/renderer.js'
import { folderOf, isReferenceOnly } from '../render/source-folder.js'
import type { Vault } from '../vault/vault.js'
import type { ResolvedSource } from './resolve-sources.js'

export interface RenderedSource {
  readonly key: string
  readonly inputs: InputOids
  /** Sealed and ready to be stored; absent when the store has it. */
  readonly sealed?: Uint8Array
}

export interface RenderSourceDeps {
  readonly git: GitSource
  readonly renderer: Renderer
  readonly vault: Vault
}

/** Renders one source and seals the result under its key. */
export class RenderSource {
  private readonly deps: RenderSourceDeps

  constructor(deps: RenderSourceDeps) {
    this.deps = deps
  }

  async run(resolved: ResolvedSource): Promise<RenderedSource> {
    const { git, renderer, vault } = this.deps
    const { repositoryId, commit, source } = resolved
    crashPoint('S5:before')
    const { manifests, inputs: paths } = await renderer.render({ repositoryId, commit, source })
    crashPoint('S5:mid')
    const oids = await git.treeHashes(repositoryId, commit, paths)
    const inputs = Object.fromEntries(paths.map((path) => [path, oids.get(path) ?? null]))
    const key = this.key(resolved, inputs)
    const sealed = encodeRender(manifests, (plain) => vault.seal('renders', renderLocation(key), plain))
    crashPoint('S5:after')
    return { key, inputs, sealed }
  }

  /** The key of a render of this source with these inputs. */
  key({ repositoryId, source }: ResolvedSource, inputs: InputOids): string {
    const identity = { repositoryId, rendererVersion: this.deps.renderer.version, source, inputs }
    return renderKey(identity, (text) => this.deps.vault.hmac(text))
  }
}

/**
 * The inputs that are known before a render: the folder. Whether there are more (targets of links) is decided by the
 * content of the folder, so a stored render under the key of these alone is the right one.
 */
export function expectedInputPaths({ source }: ResolvedSource): readonly string[] {
  return isReferenceOnly(source) ? [] : [folderOf(source)]
}
