import type { Manifest } from '../engine/manifest/manifest.js'

const MASK = '++++++++'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** A Secret with its values masked (keys stay); other objects as they are. Masks of the owner (only `+`) are kept. */
export function withoutSecretValues(manifest: Manifest): Manifest {
  if (manifest.apiVersion !== 'v1' || manifest.kind !== 'Secret') return manifest
  const { [LAST_APPLIED]: copy, ...annotations } = manifest.metadata.annotations ?? {}
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      ...(manifest.metadata.annotations && {
        annotations: copy === undefined ? annotations : { ...annotations, [LAST_APPLIED]: MASK },
      }),
    },
    ...maskedFields(manifest, 'data'),
    ...maskedFields(manifest, 'stringData'),
  }
}

function maskedFields(manifest: Manifest, field: string): Record<string, unknown> {
  const values = manifest[field]
  if (values === undefined || values === null || typeof values !== 'object') return {}
  return {
    [field]: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        typeof value === 'string' && /^\++$/.test(value) ? value : MASK,
      ]),
    ),
  }
}
