import { readFile, readdir } from 'node:fs/promises'

/** Linux counts CPU time in hundredths of a second in /proc. */
const TICKS_PER_SECOND = 100

export interface TreeUse {
  /** User and system time of all, finished children included. */
  readonly cpuSeconds: number
  /** Proportional set size: pages that several hold are counted once. */
  readonly pssMb: number
}

/** What programs and all their descendants use; zeros where there is no /proc (macOS). */
export async function useOfTrees(pids: readonly number[]): Promise<TreeUse> {
  const stats = await readStats()
  const tree = [...new Set(pids.flatMap((pid) => descendantsOf(pid, stats)))]
  const cpu = tree.reduce((sum, one) => sum + (stats.get(one)?.ticks ?? 0), 0)
  const pss = await Promise.all(tree.map(pssKb))
  return {
    cpuSeconds: cpu / TICKS_PER_SECOND,
    pssMb: pss.reduce((sum, one) => sum + one, 0) / 1024,
  }
}

interface Stat {
  readonly parent: number
  readonly ticks: number
}

async function readStats(): Promise<ReadonlyMap<number, Stat>> {
  const names = await readdir('/proc').catch((): string[] => [])
  const stats = new Map<number, Stat>()
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    if (text !== '') stats.set(Number(name), parseStat(text))
  }
  return stats
}

/** The second field, the name in parentheses, may hold spaces; the numbers are counted after it. */
function parseStat(text: string): Stat {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [, parent = 0] = fields
  const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0)
  return { parent, ticks }
}

function descendantsOf(pid: number, stats: ReadonlyMap<number, Stat>): readonly number[] {
  const tree = [pid]
  for (const one of tree) {
    for (const [child, { parent }] of stats) if (parent === one) tree.push(child)
  }
  return tree
}

async function pssKb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0)
}
