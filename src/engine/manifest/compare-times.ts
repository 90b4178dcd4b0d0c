/**
 * Which of two RFC 3339 times is earlier, to any number of digits of a second: negative when it is the first. Times as
 * Kubernetes writes them (UTC); one that is missing or not readable counts as the earliest.
 */
export function compareTimes(one: string, other: string): number {
  const [first, second] = [sortable(one), sortable(other)]
  if (first === second) return 0
  return first < second ? -1 : 1
}

function sortable(time: string): string {
  const [, seconds = '', fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(time) ?? []
  return seconds === '' ? '' : `${seconds}.${fraction.padEnd(9, '0')}`
}
