import type { JsonValue } from '../manifest/manifest.js'

/** The blocks of a source that say which tool renders it and how (contract 2.1). */

interface NameValue {
  readonly name: string
  readonly value: string
}

export interface HelmSource {
  readonly valueFiles?: readonly string[]
  readonly parameters?: readonly {
    readonly name: string
    readonly value?: string
    readonly forceString?: boolean
  }[]
  readonly fileParameters?: readonly { readonly name: string; readonly path: string }[]
  readonly releaseName?: string
  /** YAML text; `valuesObject` wins over it. */
  readonly values?: string
  readonly valuesObject?: Readonly<Record<string, JsonValue>>
  readonly version?: string
  readonly passCredentials?: boolean
  readonly ignoreMissingValueFiles?: boolean
  readonly skipCrds?: boolean
  readonly skipTests?: boolean
  readonly skipSchemaValidation?: boolean
  readonly namespace?: string
  readonly kubeVersion?: string
  readonly apiVersions?: readonly string[]
}

export interface KustomizePatch {
  readonly path?: string
  readonly patch?: string
  readonly target?: {
    readonly group?: string
    readonly version?: string
    readonly kind?: string
    readonly name?: string
    readonly namespace?: string
    readonly labelSelector?: string
    readonly annotationSelector?: string
  }
  readonly options?: Readonly<Record<string, boolean>>
}

export interface KustomizeSource {
  readonly namePrefix?: string
  readonly nameSuffix?: string
  /** `old=new:tag@digest`. */
  readonly images?: readonly string[]
  readonly replicas?: readonly { readonly name: string; readonly count: number | string }[]
  readonly commonLabels?: Readonly<Record<string, string>>
  readonly commonAnnotations?: Readonly<Record<string, string>>
  readonly forceCommonLabels?: boolean
  readonly forceCommonAnnotations?: boolean
  readonly commonAnnotationsEnvsubst?: boolean
  readonly labelWithoutSelector?: boolean
  readonly labelIncludeTemplates?: boolean
  readonly namespace?: string
  readonly patches?: readonly KustomizePatch[]
  readonly components?: readonly string[]
  readonly ignoreMissingComponents?: boolean
  readonly version?: string
  readonly kubeVersion?: string
  readonly apiVersions?: readonly string[]
}

export interface JsonnetOptions {
  readonly extVars?: readonly JsonnetVariable[]
  readonly tlas?: readonly JsonnetVariable[]
  readonly libs?: readonly string[]
}

export interface JsonnetVariable {
  readonly name: string
  readonly value?: string
  /** The value is Jsonnet, not text. */
  readonly code?: boolean
}

export interface PluginSource {
  readonly name?: string
  readonly env?: readonly NameValue[]
  readonly parameters?: readonly {
    readonly name?: string
    readonly string?: string
    readonly array?: readonly string[]
    readonly map?: Readonly<Record<string, string>>
  }[]
}

export interface SourceHydrator {
  readonly drySource: {
    readonly repoURL: string
    readonly targetRevision: string
    readonly path: string
    readonly helm?: HelmSource
    readonly kustomize?: KustomizeSource
    readonly directory?: {
      readonly recurse?: boolean
      readonly include?: string
      readonly exclude?: string
      readonly jsonnet?: JsonnetOptions
    }
    readonly plugin?: PluginSource
  }
  readonly syncSource: {
    readonly targetBranch: string
    readonly path: string
    readonly repoURL?: string
  }
  readonly hydrateTo?: { readonly targetBranch: string }
}
