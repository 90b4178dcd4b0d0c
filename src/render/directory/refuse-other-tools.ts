import type { ApplicationSource } from '../../engine/application/application.js'
import type { SourceFile } from '../source-files.js'

const KUSTOMIZE = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])
const OVERRIDE = /^\.argocd-source(-[^/]+)?\.yaml$/

/**
 * Why the folder is not to be read as plain manifests: another tool or an override decides what is in it, and reading
 * it as it stands would apply something else than its authors mean. Undefined when nothing speaks against it.
 */
export function refuseOtherTools(
  source: ApplicationSource,
  folder: string,
  files: readonly SourceFile[],
): string | undefined {
  const names = filesIn(folder, files)
  const override = names.find((name) => OVERRIDE.test(name))
  if (override !== undefined) {
    return `${at(folder, override)}: parameter overrides in Git are not supported yet: move them into spec.source`
  }
  // An explicit directory block decides against every detection (contract 1.1).
  if (source.directory !== undefined) return undefined
  const kustomization = names.find((name) => KUSTOMIZE.has(name))
  if (names.includes('Chart.yaml')) return notYet(at(folder, 'Chart.yaml'), 'a Helm chart')
  return kustomization === undefined ? undefined : notYet(at(folder, kustomization), 'a Kustomize folder')
}

function filesIn(folder: string, files: readonly SourceFile[]): readonly string[] {
  const prefix = folder === '' ? 0 : folder.length + 1
  return files
    .filter((file) => file.kind === 'file' || file.kind === 'link')
    .map((file) => file.path.slice(prefix))
    .filter((name) => !name.includes('/'))
}

function notYet(file: string, what: string): string {
  return `${file}:1: the path is ${what}, which is not supported yet; set source.directory to read it as plain manifests`
}

function at(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
