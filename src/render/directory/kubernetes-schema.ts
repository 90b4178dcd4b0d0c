import { boolYaml11Tag, CORE_SCHEMA, defineScalarTag, intCoreTag, mergeTag, NOT_RESOLVED } from 'js-yaml'

/** `0644`, `0x1F`, `0b11`, `1_000`: integers of YAML 1.1 that the Kubernetes parser reads as such. */
const GO_INTEGER = /^[-+]?(0[0-7_]+|0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[1-9][0-9_]*)$/

const goIntegerTag = defineScalarTag<number>(intCoreTag.tagName, {
  implicit: true,
  implicitFirstChars: ['-', '+', ...'0123456789'],
  identify: (value) => intCoreTag.identify(value),
  resolve: (source, isExplicit, tagName) =>
    GO_INTEGER.test(source) ? goInteger(source) : intCoreTag.resolve(source, isExplicit, tagName),
})

/** YAML as the Kubernetes API server reads it: 1.2 core, with the booleans, integers and merge keys of 1.1. */
export const KUBERNETES_SCHEMA = CORE_SCHEMA.withTags([boolYaml11Tag, goIntegerTag, mergeTag])

function goInteger(source: string): number | typeof NOT_RESOLVED {
  const digits = source.replaceAll('_', '').replace(/^[-+]/, '')
  const magnitude = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  if (!Number.isFinite(magnitude)) return NOT_RESOLVED
  return source.startsWith('-') && magnitude !== 0 ? -magnitude : magnitude
}
