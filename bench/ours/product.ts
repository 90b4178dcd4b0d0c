/** The built product, running as one process or as several with their own Redis and Postgres. */
export interface Product {
  readonly url: string
  /** The processes whose trees are measured, database and queue included. */
  readonly pids: readonly number[]
  /** Token of the one-time link; only before the first password. */
  readonly setupToken: string | undefined
  /** URL of its Redis, where it has one. */
  readonly redisUrl?: string
  /** URL of its Postgres. */
  databaseUrl(): Promise<string>
  stop(how?: 'asked' | 'killed'): Promise<void>
}

export interface ProductOptions {
  /** Keeps its state; a second start in it goes on where the first ended. */
  readonly folder: string
  readonly webhookSecret: string
  /** Not the first start in this folder: the password is set, and no one-time link is waited for. */
  readonly again?: boolean
  /** Further settings, as environment variables. */
  readonly env: Readonly<Record<string, string>>
}
