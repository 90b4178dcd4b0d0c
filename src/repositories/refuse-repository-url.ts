const MAX_LENGTH = 2048

/** Why this cannot be the URL of a repository, or undefined. */
export function refuseRepositoryUrl(url: string): string | undefined {
  const text = url.trim()
  if (text === '') return 'the URL is empty.'
  if (text.length > MAX_LENGTH) return `the URL is longer than ${MAX_LENGTH} characters.`
  // A URL that begins with a dash would be read as an option by git.
  if (text.startsWith('-') || /[\s\u0000-\u001f\u007f]/.test(text))
    return 'the URL holds characters that are not allowed.'
  if (/^[a-z0-9+.-]+::/i.test(text)) return 'remote helpers ("ext::…") are not allowed.'
  if (/^[\w.-]+@[\w.-]+:.+/.test(text)) return undefined
  return refuseParsed(text)
}

function refuseParsed(text: string): string | undefined {
  if (!URL.canParse(text))
    return 'it is not a URL. Use https://host/path, ssh://git@host/path or git@host:path.'
  const parsed = new URL(text)
  if (!['https:', 'http:', 'ssh:', 'file:'].includes(parsed.protocol)) {
    return `the scheme "${parsed.protocol}" is not supported. Use https or ssh.`
  }
  if (parsed.password !== '' || (parsed.protocol !== 'ssh:' && parsed.username !== '')) {
    return 'the URL holds a credential. Give user name and password separately, they are stored sealed.'
  }
  return undefined
}
