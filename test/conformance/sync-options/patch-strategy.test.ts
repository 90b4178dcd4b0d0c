import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { patchStrategy, type PatchStrategy } from '../../../src/engine/diff/patch-strategy.js'
import { isBuiltInGroup } from '../../../src/engine/diff/same-value.js'
import type { ClusterClient } from '../../cluster/cluster-client.js'
import { usePlace } from '../applied-form/place.js'

interface Schema {
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string
    readonly version: string
    readonly kind: string
  }[]
}

type Schemas = Readonly<Record<string, Schema>>

/** Answers of the server, with metadata all the same. */
const NEVER_DECLARED = ['ComponentStatus', 'TokenRequest']
const place = usePlace()

async function documents(client: ClusterClient): Promise<readonly Schemas[]> {
  const index = await client.request({ path: '/openapi/v3' })
  const paths = Object.keys(index.object['paths'] as object).filter((path) => {
    const [root, group = ''] = path.split('/')
    return path === 'api/v1' || (root === 'apis' && path.split('/').length === 3 && isBuiltInGroup(group))
  })
  const answers = await Promise.all(paths.map((path) => client.request({ path: `/openapi/v3/${path}` })))
  return answers.map(({ object }) => (object['components'] as { readonly schemas: Schemas }).schemas)
}

/** Every field of a kind by its path, but for the status, which is never declared. A kind within itself counts once. */
function fieldsOf(schemas: Schemas, root: string): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema>()
  walk({ $ref: `/${root}` }, [], { schemas, seen: [], found })
  return found
}

interface Walk {
  readonly schemas: Schemas
  readonly seen: readonly string[]
  readonly found: Map<string, Schema>
}

function walk(schema: Schema, path: readonly string[], context: Walk): void {
  const ref = (schema.$ref ?? schema.allOf?.[0]?.$ref)?.split('/').at(-1)
  if (ref === undefined) return below(schema, path, context)
  const whole = context.schemas[ref]
  if (whole === undefined || context.seen.includes(ref)) return
  below(whole, path, { ...context, seen: [...context.seen, ref] })
}

function below({ items, properties = {} }: Schema, path: readonly string[], context: Walk): void {
  if (items !== undefined) walk(items, path, context)
  for (const [name, schema] of Object.entries(properties)) {
    if (path.length === 0 && name === 'status') continue
    context.found.set([...path, name].join('/'), schema)
    walk(schema, [...path, name], context)
  }
}

function asStrategy(schema: Schema): PatchStrategy {
  const words = schema['x-kubernetes-patch-strategy']?.split(',') ?? []
  const key = schema['x-kubernetes-patch-merge-key']
  return {
    list: words.includes('merge') ? 'merge' : 'replace',
    ...(key !== undefined && { key }),
    ...(words.includes('retainKeys') && { retainKeys: true }),
    ...(words.includes('replace') && { replaceMap: true }),
  }
}

/** The kinds that people declare: those with metadata that are of one group and version. */
function kindsOf(
  schemas: Schemas,
): readonly { readonly root: string; readonly apiVersion: string; readonly kind: string }[] {
  return Object.entries(schemas).flatMap(([root, schema]) => {
    const [gvk, ...more] = schema['x-kubernetes-group-version-kind'] ?? []
    if (gvk === undefined || more.length > 0 || schema.properties?.['metadata'] === undefined) return []
    if (gvk.kind.endsWith('List') || NEVER_DECLARED.includes(gvk.kind)) return []
    return [
      { root, apiVersion: gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`, kind: gvk.kind },
    ]
  })
}

describe('patchStrategy() [1.4 ServerSideApply]', () => {
  it('is what the server says of every field of every kind of its own', async () => {
    const all = (await documents(place().client)).flatMap((schemas) =>
      kindsOf(schemas).flatMap(({ root, ...object }) =>
        [...fieldsOf(schemas, root)].map(([path, schema]) => ({ object, path, schema })),
      ),
    )
    const wrong = all.flatMap(({ object, path, schema }) => {
      const [ours, theirs] = [patchStrategy(object, path.split('/')), asStrategy(schema)]
      return isDeepStrictEqual(ours, theirs) ? [] : [`${object.kind} ${path}: ${JSON.stringify(theirs)}`]
    })
    expect(wrong).toEqual([])
    expect(all.length).toBeGreaterThan(5_000)
  })
})
