import { z } from 'zod'

/** Environment variables are text: a text that is wholly a number counts as one. */
function number<T extends z.ZodType>(schema: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value),
    schema,
  )
}

const seconds = number(z.number().positive().max(86_400))

/** Younger than a day is never cleared away: what is about to be referred to is young. */
const days = number(z.number().min(1).max(36_500))

/** One or several, with commas between. */
const networks = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((text) => text.trim()) : value),
  z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])),
)

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'su') instanceof RegExp
  } catch {
    return false
  }
}

/** The one schema of all settings; the defaults are in config/default.yaml. */
export const settingsSchema = z.strictObject({
  http: z.strictObject({
    host: z.string().min(1),
    port: number(z.int().min(0).max(65_535)),
    publicUrl: z.url({ protocol: /^https?$/ }).optional(),
    trustedProxies: networks,
  }),
  database: z.strictObject({
    url: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    maxConnections: number(z.int().min(2).max(200)),
  }),
  queue: z.strictObject({ kind: z.enum(['memory', 'redis', 'postgres']) }),
  redis: z.strictObject({ url: z.url({ protocol: /^rediss?$/ }).optional() }),
  internal: z.strictObject({
    host: z.string().min(1),
    port: number(z.int().min(0).max(65_535)),
    address: z.url({ protocol: /^http$/ }).optional(),
    key: z.string().min(32).optional(),
  }),
  lease: z.strictObject({ seconds: number(z.number().min(1).max(300)) }),
  vault: z.strictObject({ keysFile: z.string().min(1).optional() }),
  network: z.strictObject({ privateAddresses: z.enum(['allow', 'refuse']) }),
  telemetry: z.strictObject({
    host: z.string().min(1),
    port: number(z.int().min(0).max(65_535)).optional(),
  }),
  state: z.strictObject({ dir: z.string().min(1) }),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']) }),
  git: z.strictObject({
    pollSeconds: seconds,
    jitterSeconds: number(z.number().min(0).max(86_400)),
    timeoutSeconds: seconds,
  }),
  sync: z.strictObject({
    dryRunFirst: z.enum(['auto', 'always', 'never']),
    blastRadius: z.strictObject({
      objects: number(z.int().min(0)),
      fraction: number(z.number().min(0).max(1)),
      most: number(z.int().min(0)),
    }),
    heals: z.strictObject({
      burst: number(z.int().min(1)),
      perSecond: number(z.number().positive()),
    }),
  }),
  retention: z.strictObject({
    operations: days,
    deployments: days,
    deploymentsKept: number(z.int().min(3).max(1_000)),
    renders: days,
    outbox: days,
    webhookDeliveries: days,
    credentials: days,
    fieldSets: days,
    auditEvents: days,
  }),
  webhook: z.strictObject({
    github: z.strictObject({ secret: z.string().min(8).optional() }),
  }),
  login: z.strictObject({
    sessionHours: number(z.number().positive().max(8_760)),
    sessionIdleMinutes: number(z.number().min(1).max(525_600)),
    passwordPattern: z.string().min(1).max(500).refine(isPattern, 'is no regular expression'),
  }),
})

export type Settings = z.infer<typeof settingsSchema>

/** Settings whose value is never printed, and that a `…_FILE` variable may supply. */
export const SECRET_SETTINGS: readonly string[] = [
  'database.url',
  'redis.url',
  'internal.key',
  'webhook.github.secret',
]
