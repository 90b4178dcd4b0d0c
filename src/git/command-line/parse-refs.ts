import type { RemoteRefs } from '../git-source.js'

const OID = /^([0-9a-f]{40}|[0-9a-f]{64})$/

/** Lines of `<oid>\t<ref>`, where `<ref>^{}` carries the commit of an annotated tag and wins over the tag object. */
export function parseRefs(lines: string): RemoteRefs {
  const refs = new Map<string, string>()
  const peeled = new Map<string, string>()
  for (const line of lines.split('\n')) {
    const tab = line.indexOf('\t')
    const oid = line.slice(0, Math.max(tab, 0))
    if (!OID.test(oid)) continue
    const name = line.slice(tab + 1)
    if (name.endsWith('^{}')) peeled.set(name.slice(0, -3), oid)
    else refs.set(name, oid)
  }
  for (const [name, oid] of peeled) refs.set(name, oid)
  return refs
}
