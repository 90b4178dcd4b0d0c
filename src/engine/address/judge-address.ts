/** `never`: no address of a server that anything is fetched from. `private`: only where the installation permits it. */
export type AddressKind = 'never' | 'private' | 'public'

type Bits = bigint

interface Range {
  readonly first: Bits
  readonly prefix: number
}

const V4 = 32
const V6 = 128

/** Unspecified, link-local with the metadata services of clouds, multicast and what follows it. */
const NEVER_V4 = ranges(V4, ['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '100.100.100.200/32'])
const NEVER_V6 = ranges(V6, ['::/128', 'fe80::/10', 'ff00::/8', 'fd00:ec2::254/128'])
const PRIVATE_V4 = ranges(V4, [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
])
const PRIVATE_V6 = ranges(V6, ['::1/128', 'fc00::/7'])
/** An IPv4 address in the last 32 bits: mapped, and as a NAT64 gateway translates it. */
const HOLDS_V4 = ranges(V6, ['::ffff:0:0/96', '64:ff9b::/96'])

/**
 * What kind of IP address this is. IPv4 inside IPv6 is judged as IPv4; a zone is ignored. A text that is no
 * address at all is `never`.
 */
export function judgeAddress(address: string): AddressKind {
  const [plain = ''] = address.split('%', 1)
  const four = parseV4(plain)
  if (four !== undefined) return judge(four, V4, [NEVER_V4, PRIVATE_V4])
  const six = parseV6(plain)
  if (six === undefined) return 'never'
  if (isIn(six, V6, HOLDS_V4)) return judge(six & 0xffff_ffffn, V4, [NEVER_V4, PRIVATE_V4])
  return judge(six, V6, [NEVER_V6, PRIVATE_V6])
}

function judge(bits: Bits, size: number, [never, internal]: readonly [Range[], Range[]]): AddressKind {
  if (isIn(bits, size, never)) return 'never'
  return isIn(bits, size, internal) ? 'private' : 'public'
}

function isIn(bits: Bits, size: number, within: readonly Range[]): boolean {
  return within.some(({ first, prefix }) => bits >> BigInt(size - prefix) === first >> BigInt(size - prefix))
}

function ranges(size: number, texts: readonly string[]): Range[] {
  return texts.map((text) => {
    const [address = '', prefix = ''] = text.split('/')
    return { first: (size === V4 ? parseV4(address) : parseV6(address)) ?? 0n, prefix: Number(prefix) }
  })
}

function parseV4(text: string): Bits | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function parseV6(text: string): Bits | undefined {
  const halves = withoutDots(text).split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

/** `::ffff:1.2.3.4` → `::ffff:102:304`. */
function withoutDots(text: string): string {
  const at = text.lastIndexOf(':')
  const four = at < 0 ? undefined : parseV4(text.slice(at + 1))
  if (four === undefined) return text
  return `${text.slice(0, at + 1)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`
}
