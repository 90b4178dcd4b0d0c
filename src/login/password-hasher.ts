/** Hashes passwords slowly on purpose. Callers cap the length before they call. */
export abstract class PasswordHasher {
  abstract hash(password: string): Promise<string>
  /** False for a wrong password and for a hash that cannot be read. */
  abstract verify(hash: string, password: string): Promise<boolean>
  /** Made in today's way? If not, make it anew when the password is at hand. */
  abstract isCurrent(hash: string): boolean
}
