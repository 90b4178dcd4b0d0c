import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump } from 'js-yaml'
import { git } from './git.js'
import { type BenchManifest, PART_OF, type RepositoryShape, appName, manifestsOf } from './manifests.js'

const BATCH = 200

/** Writes `apps/app-NNNNN/<kind>-<name>.yaml` and commits it to a new repository in `folder`; answers the commit. */
export async function writeRepository(folder: string, shape: RepositoryShape): Promise<string> {
  await mkdir(folder, { recursive: true })
  await git(folder, 'init', '--quiet', '--initial-branch=main')
  for (let start = 0; start < shape.apps; start += BATCH) {
    const end = Math.min(shape.apps, start + BATCH)
    const indexes = Array.from({ length: end - start }, (_, at) => start + at)
    await Promise.all(indexes.map((index) => writeApp(folder, index, shape)))
  }
  await writeFile(join(folder, 'README.md'), `${shape.apps} applications, ${shape.objects} objects each\n`)
  return commitAll(folder, 'Declare the applications')
}

export async function commitAll(folder: string, message: string): Promise<string> {
  await git(folder, 'add', '--all')
  await git(folder, 'commit', '--quiet', '--message', message)
  return git(folder, 'rev-parse', 'HEAD')
}

export async function writeManifest(folder: string, manifest: BenchManifest): Promise<void> {
  await writeFile(join(folder, manifestPath(manifest)), dump(manifest))
}

export function manifestPath({ kind, metadata }: BenchManifest): string {
  const folder = metadata.labels?.[PART_OF] ?? metadata.namespace
  return `apps/${folder}/${kind.toLowerCase()}-${metadata.name}.yaml`
}

async function writeApp(folder: string, index: number, shape: RepositoryShape): Promise<void> {
  await mkdir(join(folder, 'apps', appName(index)), { recursive: true })
  await Promise.all(manifestsOf(index, shape).map((manifest) => writeManifest(folder, manifest)))
}
