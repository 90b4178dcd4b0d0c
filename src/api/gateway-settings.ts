/** The settings that the gateway needs; an abstract class so that it can be injected. */
export abstract class GatewaySettings {
  /** As people type it, without a path: cookies, origins and links come from it, never from a Host header. */
  abstract readonly publicUrl: string
  /** How long a session lives. */
  abstract readonly sessionHours: number
  /** Version of this build, for /api/version. */
  abstract readonly version: string
}
