import { AppError } from '../../base/app-error.js'
import type { RenderedManifest } from '../../engine/manifest/manifest.js'
import { Renderer, type Render, type RenderInput } from '../renderer.js'
import type { SourceFile, SourceFiles } from '../source-files.js'
import { folderOf, isReferenceOnly } from '../source-folder.js'
import { followLinks } from './follow-links.js'
import { fileError } from './parse-documents.js'
import { readManifests } from './read-manifests.js'
import { refuseOtherTools } from './refuse-other-tools.js'
import { selectFiles } from './select-files.js'
import { SizeBudget } from './size-budget.js'

/** Plain manifests in a folder: `.yaml`, `.yml` and `.json`, exactly as they stand. */
export class DirectoryRenderer extends Renderer {
  readonly version = 'directory/1'
  private readonly files: SourceFiles

  constructor(files: SourceFiles) {
    super()
    this.files = files
  }

  async render(input: RenderInput): Promise<Render> {
    const { source, repositoryId } = input
    if (source.chart !== undefined) throw refusal('Helm charts from a chart repository are not supported yet')
    if (isReferenceOnly(source)) return { manifests: [], inputs: [] }
    const folder = folderOf(source)
    const files = await this.list({ ...input, path: folder })
    const refused = refuseOtherTools(source, folder, files)
    if (refused !== undefined) throw refusal(refused)
    const selected = selectFiles(files, folder, source.directory ?? {})
    const followed = await followLinks(this.files, input, selected)
    const blobs = await this.files.read(
      repositoryId,
      followed.map(({ oid }) => oid),
    )
    const budget = new SizeBudget()
    const manifests: RenderedManifest[] = []
    for (const { path, oid } of followed) {
      if (path.endsWith('.jsonnet')) throw fileError(path, 1, 'Jsonnet is not supported yet')
      for (const manifest of readManifests(path, blobs.get(oid) ?? new Uint8Array(), budget))
        manifests.push(manifest)
    }
    // The tree of the folder stands for everything in it, also for files that were looked for in it and are absent.
    return { manifests, inputs: [...new Set([folder, ...followed.flatMap(({ inputs }) => inputs)])] }
  }

  private async list(input: RenderInput & { readonly path: string }): Promise<readonly SourceFile[]> {
    try {
      return await this.files.list(input, input.source.directory?.recurse ?? false)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'NOT_FOUND' || error.retry !== 'never') throw error
      throw new AppError('BAD_USER_INPUT', `${error.message}: check source.path and source.targetRevision`, {
        cause: error,
      })
    }
  }
}

function refusal(why: string): AppError {
  return new AppError('BAD_USER_INPUT', why)
}
