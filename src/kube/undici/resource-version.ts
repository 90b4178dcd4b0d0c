/**
 * Whether a version is older than another of the same kind. Versions of built-in storage are decimal numbers that only
 * grow (official since Kubernetes 1.35); others are never called older.
 */
export function isOlder(version: string, than: string): boolean {
  if (!/^[1-9]\d*$/.test(version) || !/^[1-9]\d*$/.test(than)) return false
  return version.length === than.length ? version < than : version.length < than.length
}
