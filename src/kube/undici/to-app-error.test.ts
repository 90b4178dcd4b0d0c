import { describe, expect, it } from 'vitest'
import { retryAfterOf, toAppError, type RequestSubject } from './to-app-error.js'

const subject: RequestSubject = { clusterId: 'c', action: 'apply Pod "p"', write: true, secret: false }

function status(message: string, rest: object = {}): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, ...rest })
}

describe('toAppError()', () => {
  it.each([
    [400, status('bad'), 'BAD_USER_INPUT', 'never'],
    [401, status('Unauthorized'), 'UNAUTHENTICATED', 'backoff'],
    [403, status('pods is forbidden: User "a" cannot list resource "pods"'), 'FORBIDDEN', 'backoff'],
    [403, 'Forbidden: User "a" cannot get path "/"', 'FORBIDDEN', 'backoff'],
    [403, status('admission webhook "w" denied the request: User "a" is unlucky'), 'BAD_USER_INPUT', 'never'],
    [403, status('pods "p" is forbidden: exceeded quota: q'), 'BAD_USER_INPUT', 'backoff'],
    [
      403,
      status('pods "p" is forbidden: violates PodSecurity "restricted:latest"'),
      'BAD_USER_INPUT',
      'never',
    ],
    [403, status('namespace n is being terminated'), 'BAD_USER_INPUT', 'backoff'],
    [404, status('pods "p" not found'), 'NOT_FOUND', 'backoff'],
    [409, status('the object has been modified'), 'CONFLICT', 'backoff'],
    [422, status('Pod "p" is invalid'), 'BAD_USER_INPUT', 'never'],
    [422, status('the server rejected our request due to an error in our request'), 'CONFLICT', 'backoff'],
    [
      500,
      status('failed to create typed patch object (n/p): .x: field not declared'),
      'BAD_USER_INPUT',
      'never',
    ],
    [500, status('failed calling webhook "w": connection refused'), 'UPSTREAM_CLUSTER', 'backoff'],
    [500, status('etcdserver: request timed out'), 'UPSTREAM_CLUSTER', 'backoff'],
    [502, '<html>Bad Gateway</html>', 'UPSTREAM_CLUSTER', 'backoff'],
    [302, '', 'UPSTREAM_CLUSTER', 'backoff'],
    [504, status('Timeout'), 'UPSTREAM_CLUSTER', 'backoff'],
  ] as const)('%i %s is %s', (code, body, expected, retry) => {
    const error = toAppError({ status: code, body }, subject)
    expect(error).toMatchObject({ code: expected, retry })
    expect(error.message).toMatch(/^Cannot apply Pod "p" on cluster "c": /)
    expect(error.message).not.toContain('<html>')
  })

  it.each([
    [401, 'AUTHENTICATION'],
    [403, 'AUTHORIZATION'],
    [302, 'PROTOCOL'],
    [429, 'SERVER'],
    [503, 'SERVER'],
    [504, 'SERVER'],
    [404, undefined],
    [422, undefined],
  ])('%i failed at %s', (code, stage) => {
    expect(toAppError({ status: code, body: '' }, { ...subject, write: false }).stage).toBe(stage)
  })

  it('says that the outcome of a write is unknown only where it is', () => {
    expect(toAppError({ status: 500, body: '' }, subject).message).toContain('unknown')
    expect(toAppError({ status: 422, body: '' }, subject).message).not.toContain('unknown')
    expect(toAppError({ status: 500, body: '' }, { ...subject, write: false }).message).not.toContain(
      'unknown',
    )
  })

  it('a read that the server gave up is a TIMEOUT', () => {
    expect(toAppError({ status: 504, body: '' }, { ...subject, write: false }).code).toBe('TIMEOUT')
  })

  it('keeps the time the server asks to wait', () => {
    const told = { status: 429, body: '', retryAfterSeconds: 7 }
    expect(toAppError(told, subject)).toMatchObject({ code: 'RATE_LIMITED', retry: { afterSeconds: 7 } })
    expect(toAppError({ ...told, status: 503 }, subject).retry).toEqual({ afterSeconds: 7 })
  })

  it('A-09 A-51 reduces what is said about a Secret to field names', () => {
    const causes = [
      { field: 'data[password]', reason: 'FieldValueInvalid', message: 'Invalid value: "hunter2"' },
      { field: 'data[x]: "hunter2"', reason: 'hunter2!' },
    ]
    const body = status('Secret "s" is invalid: data[password]: Invalid value: "hunter2"', {
      reason: 'Invalid',
      details: { causes },
    })
    const { message } = toAppError({ status: 422, body }, { ...subject, secret: true })
    expect(message).toContain('HTTP 422 Invalid: data[password] (FieldValueInvalid)')
    expect(message).not.toContain('hunter2')
  })

  it.each([
    'failed to create typed patch object (n/c; v1, Kind=ConfigMap): .data: expected map, got &value.valueUnstructured{Value:map[string]interface {}{"a":"hunter2"}}',
    'DB.example.org "d" is invalid: spec.adminPassword: Invalid value: "hunter2": must be longer',
    'X "x" is invalid: spec.auth.tokenValue: Unsupported value: "hunter2": supported values: "a", "b"',
    'X "x" is invalid: [spec.users[0].api_key: Duplicate value: "hunter2\\"hunter2", spec.size: Invalid value: 0: too small]',
    'X "x" is invalid: spec.secretRef["a"]: Invalid value: hunter2: no',
  ])('A-51 shows no value of a field that is a secret by its name, and no printed object: %s', (message) => {
    const text = toAppError({ status: 422, body: status(message) }, subject).message
    expect(text).not.toContain('hunter2')
    expect(text).toMatch(/\(hidden\)|something else/)
  })

  it('keeps what people need to mend any other field', () => {
    const message = 'Deployment "d" is invalid: spec.replicas: Invalid value: -1: must be greater than 0'
    expect(toAppError({ status: 422, body: status(message) }, subject).message).toContain(message)
  })

  it('cuts endless texts', () => {
    expect(toAppError({ status: 400, body: 'x'.repeat(1e6) }, subject).message.length).toBeLessThan(2200)
  })
})

describe('retryAfterOf()', () => {
  it('reads the header, else the body, within bounds', () => {
    expect(retryAfterOf('3', '')).toBe(3)
    expect(retryAfterOf('99999', '')).toBe(300)
    expect(retryAfterOf('Wed, 21 Oct 2026 07:28:00 GMT', '')).toBeUndefined()
    expect(retryAfterOf(undefined, status('', { details: { retryAfterSeconds: 5 } }))).toBe(5)
    expect(retryAfterOf(undefined, '')).toBeUndefined()
  })
})
