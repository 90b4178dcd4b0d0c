/** The form under which repository URLs are compared: trimmed, lower-case, without `.git` and trailing slashes. */
export function normalizedUrl(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}
