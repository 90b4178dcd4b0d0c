import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

/** Reads blobs through one long-lived `git cat-file --batch`. One reader at a time. */
export class BlobReader {
  private readonly child: ChildProcessWithoutNullStreams
  private received = Buffer.alloc(0)
  private waiting: ((text: string) => void) | undefined

  constructor(mirror: string) {
    this.child = spawn('git', ['cat-file', '--batch'], { cwd: mirror })
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.deliver()
    })
  }

  read(oid: string): Promise<string> {
    return new Promise((resolve) => {
      this.waiting = resolve
      this.child.stdin.write(`${oid}\n`)
    })
  }

  /** The answer is `<oid> blob <size>\n<content>\n`. */
  private deliver(): void {
    const end = this.received.indexOf('\n')
    if (end < 0) return
    const size = Number(this.received.subarray(0, end).toString().split(' ')[2])
    if (this.received.length < end + 1 + size + 1) return
    const text = this.received.subarray(end + 1, end + 1 + size).toString()
    this.received = this.received.subarray(end + size + 2)
    this.waiting?.(text)
  }
}
