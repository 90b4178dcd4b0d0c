const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/
const MAX_NAME = 253
const MAX_LABEL = 63

/** What is wrong with a DNS-1123 subdomain (names of applications and projects), as a sentence; else undefined. */
export function dnsNameProblem(name: string): string | undefined {
  if (name.length > MAX_NAME) return `is longer than ${MAX_NAME} characters; shorten it.`
  const valid = name.split('.').every((part) => LABEL.test(part))
  return valid
    ? undefined
    : `"${name}" is not a DNS name; use lower-case letters, digits, "-" and ".", like "shop-1".`
}

/** What is wrong with a DNS-1123 label (namespaces), as a sentence; else undefined. */
export function dnsLabelProblem(name: string): string | undefined {
  if (name.length <= MAX_LABEL && LABEL.test(name)) return undefined
  return `"${name}" is not a namespace name; use at most ${MAX_LABEL} lower-case letters, digits and "-".`
}
