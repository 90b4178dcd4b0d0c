const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 (RFC 4648, padded) of the UTF-8 bytes of a text, as the API server encodes `stringData`. */
export function base64OfText(text: string): string {
  const bytes = utf8(text)
  let encoded = ''
  for (let at = 0; at < bytes.length; at += 3) encoded += group(bytes.slice(at, at + 3))
  return encoded
}

/** The text behind base64 of either alphabet; undefined when it is none, or no UTF-8. */
export function textOfBase64(coded: string): string | undefined {
  const digits = coded.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')
  let [bits, count, escaped] = [0, 0, '']
  for (const digit of digits) {
    const value = DIGITS.indexOf(digit)
    if (value < 0) return undefined
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count < 8) continue
    count -= 8
    escaped += `%${((bits >> count) & 0xff).toString(16).padStart(2, '0')}`
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    return undefined
  }
}

function group(bytes: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = bytes
  const bits = (first << 16) | (second << 8) | third
  const digits = [18, 12, 6, 0].map((shift) => DIGITS.charAt((bits >> shift) & 63))
  return digits
    .slice(0, bytes.length + 1)
    .join('')
    .padEnd(4, '=')
}

/** A lone surrogate becomes U+FFFD, as in every JSON encoder of Go. */
function utf8(text: string): readonly number[] {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes.push(...encode(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code))
  }
  return bytes
}

function encode(code: number): readonly number[] {
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), tail(code)]
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(code >> 6), tail(code)]
  return [0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code)]
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f)
}
