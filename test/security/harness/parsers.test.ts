import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/base/app-error.js'
import { fromCursor, toCursor } from '../../../src/api/opaque-id.js'
import { fitsLabels, parseLabelSelector } from '../../../src/engine/application/label-selector.js'
import { compileGrants, policyProblems } from '../../../src/engine/access/compile-grants.js'
import { decide } from '../../../src/engine/access/decide.js'
import { parsePolicyLine } from '../../../src/engine/access/policy-line.js'
import type { Principal } from '../../../src/engine/access/principal.js'
import { parseKubeconfig } from '../../../src/kube/parse-kubeconfig.js'
import { parseDocuments } from '../../../src/render/directory/parse-documents.js'
import { damaged, runHarness } from './run-harness.js'

/** Runs it; the only error that bad input may cause is a BAD_USER_INPUT, whose message is answered. */
function refusal(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).code).toBe('BAD_USER_INPUT')
    return (error as AppError).message
  }
}

const YAML = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: "value"\n',
  'kind: List\nitems:\n- &a {kind: Secret, metadata: {name: b}}\n- *a\n- <<: *a\n  x: 1\n',
  '---\na: |\n  text\n---\n"b": [1, 2.5e3, 0o17, true, ~]\n...\n',
  '? complex\n: !!binary aGVsbG8=\nfolded: >-\n  a\n  b\n',
]
const YAML_ODD = [
  '&a',
  '*a',
  '<<',
  '!!js/function',
  '{',
  '[',
  '- ',
  ': ',
  '|',
  '>',
  '%YAML 1.1\n',
  '---\n',
  '#',
]

const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: one
contexts: [{name: one, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: Y2E=}}]
users: [{name: u, user: {token: CANARY-kubeconfig-token}}]
`
const KUBECONFIG_ODD = [
  'exec',
  'tokenFile',
  'proxy-url',
  'client-key',
  '../',
  'file://',
  'null',
  '[]',
  '{}',
  '0',
]

/** All that a connection may say. */
const CONNECTION_FIELDS = [
  'contextName',
  'server',
  'caPem',
  'insecureSkipTlsVerify',
  'serverName',
  'bearerToken',
  'clientCertPem',
  'clientKeyPem',
  'username',
  'password',
]

const POLICY_LINES = [
  'p, role:dev, applications, sync, shop/*, allow',
  'p, proj:shop:ci, applications, get, shop/**, deny',
  'g, "team, with comma", role:dev',
  'p, alice, applications, update/apps/Deployment/*/*, {a,b}/[a-z]*, allow',
]
const POLICY_ODD = ['"', ',', '*', '[', '{', '}', '\\', 'g,', 'p,', 'role:', '#', 'allow', 'deny']

function allowedToAlice(line: string): readonly string[] {
  const grants = compileGrants([line], 'alice', [])
  const alice: Principal = { subject: 'alice', kind: 'user', groups: [], grants }
  return ['get', 'sync', 'update', 'update/apps/Deployment/x/y', 'delete'].flatMap((action) =>
    ['shop/a', 'a/x', 'b}/x', 'shop'].filter(
      (object) => decide(alice, 'applications', action, object) === undefined,
    ),
  )
}

describe('harnesses of parsers: any input is read or refused with a sentence, quickly', () => {
  it('R-25 YAML of a repository', async () => {
    await runHarness(
      fc.oneof(damaged(YAML, YAML_ODD), fc.string({ unit: 'binary', maxLength: 400 })),
      (text) => {
        const message = refusal(() => parseDocuments('a/b.yaml', new TextEncoder().encode(text)))
        if (message !== undefined) expect(message).toMatch(/^a\/b\.yaml:\d+: /)
      },
    )
  }, 120_000)

  it('bytes that are no text', async () => {
    await runHarness(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const file of ['a.yaml', 'a.json']) refusal(() => parseDocuments(file, bytes))
    })
  }, 120_000)

  it('B-02 kubeconfigs: nothing that runs a program, reads a file or reroutes gets through, no secret comes back', async () => {
    await runHarness(
      fc.tuple(damaged([KUBECONFIG], KUBECONFIG_ODD), fc.option(fc.string(), { nil: undefined })),
      ([text, context]) => {
        const message = refusal(() => {
          const connection = parseKubeconfig(text, context)
          expect(CONNECTION_FIELDS).toEqual(expect.arrayContaining(Object.keys(connection)))
          expect(connection.server).toMatch(/^https?:/)
        })
        expect(message ?? '').not.toContain('CANARY')
      },
    )
  }, 120_000)

  it('policy lines: what is reported as wrong grants nothing', async () => {
    await runHarness(fc.array(damaged(POLICY_LINES, POLICY_ODD), { maxLength: 8 }), (lines) => {
      for (const line of lines) {
        if (typeof parsePolicyLine(line) === 'string') expect(policyProblems([line])).not.toEqual([])
        if (policyProblems([line]).length > 0) expect(allowedToAlice(line)).toEqual([])
      }
      expect(() => compileGrants(lines, 'alice', ['team, with comma', 'role:dev'])).not.toThrow()
    })
  }, 120_000)

  it('cursors: ours come back as they went, others are refused', async () => {
    await runHarness(fc.oneof(fc.array(fc.string()), fc.string()), (value) => {
      if (typeof value === 'string') refusal(() => fromCursor(value))
      else expect(fromCursor(toCursor(value))).toEqual(value)
    })
  }, 120_000)

  it('label selectors', async () => {
    const samples = ['app=shop,tier!=db', 'env in (a, b),!x', 'x notin (y)', 'exists']
    await runHarness(
      fc.tuple(
        damaged(samples, ['in', 'notin', '(', ')', ',', '!', '==', '=']),
        fc.dictionary(fc.string(), fc.string()),
      ),
      ([selector, labels]) => {
        const terms = parseLabelSelector(selector)
        if (typeof terms === 'string') expect(terms).not.toBe('')
        else expect(typeof fitsLabels(labels, terms)).toBe('boolean')
      },
    )
  }, 120_000)
})
