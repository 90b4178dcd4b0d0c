/** The settings that the gateway needs; an abstract class so that it can be injected. */
export abstract class GatewaySettings {
  /** As people type it, without a path: cookies, origins and links come from it, never from a Host header. */
  abstract readonly publicUrl: string
  /** How long a session lives. */
  abstract readonly sessionHours: number
  /** How long a session may be unused. */
  abstract readonly sessionIdleMinutes: number
  /** What a new password must match. */
  abstract readonly passwordPattern: string
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  abstract readonly trustedProxies: readonly string[]
  /** Version of this build, for /api/version. */
  abstract readonly version: string
}
