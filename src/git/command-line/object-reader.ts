import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'

/** One object of the mirror. `oid` differs from the question when a name was asked. */
export interface GitObject {
  readonly oid: string
  readonly type: string
  readonly content: Buffer
}

interface Question {
  readonly name: string
  readonly maxBytes: number
  readonly resolve: (object: GitObject | undefined) => void
  readonly reject: (error: Error) => void
}

interface Incoming {
  readonly oid: string
  readonly type: string
  readonly size: number
}

/** An object is larger than the caller accepts; nothing of it was kept. */
export class ObjectTooLarge extends Error {
  readonly size: number

  constructor(size: number) {
    super('the object is too large')
    this.size = size
  }
}

/** `cat-file` ended under a question: a damaged object, or the mirror went away. */
export class ReaderEnded extends Error {}

const LINE_FEED = 10
/** A repository that nobody reads costs no process: starting one again takes milliseconds. */
export const READER_IDLE_MS = 15_000

export interface ObjectReaderOptions {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  readonly idleMs: number
}

/**
 * One long-lived `git cat-file --batch`: questions go down a pipe, answers come back in the same order, so thousands
 * of blobs cost one process. It starts with the first question and again after it ended, which it does when it is idle.
 */
export class ObjectReader {
  private readonly options: ObjectReaderOptions
  private child: ChildProcessWithoutNullStreams | undefined
  private idle: NodeJS.Timeout | undefined
  private questions: Question[] = []
  private answered = 0
  private incoming: Incoming | undefined
  private parts: Buffer[] = []
  private buffered = 0

  constructor(options: ObjectReaderOptions) {
    this.options = options
  }

  /** `name` is an object id, or an id followed by `^{…}`; undefined when there is no such object. */
  read(name: string, maxBytes: number): Promise<GitObject | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<GitObject | undefined>()
    const question = { name, maxBytes, resolve, reject }
    this.questions.push(question)
    this.idle?.refresh()
    if (this.child === undefined) this.start()
    else this.child.stdin.write(`${name}\n`)
    return promise
  }

  close(): void {
    this.end(new ReaderEnded('the mirror was closed'))
  }

  /** Starts the process and puts every question to it that has no answer yet. */
  private start(): void {
    const { directory, environment, idleMs } = this.options
    const child = spawn('git', [`--git-dir=${directory}`, 'cat-file', '--batch'], { env: environment })
    clearTimeout(this.idle)
    this.idle = setTimeout(() => this.endWhenIdle(), idleMs).unref()
    let words = ''
    const ended = (): void => {
      if (this.child === child) this.end(new ReaderEnded(words === '' ? 'git cat-file ended' : words))
    }
    child.stdin.on('error', ended)
    child.once('error', ended)
    child.once('close', ended)
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2000)))
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.child === child) this.accept(chunk)
    })
    this.child = child
    child.stdin.write(
      this.questions
        .slice(this.answered)
        .map((question) => `${question.name}\n`)
        .join(''),
    )
  }

  /** An answer that is still on its way is waited for: then it is asked again after the same time. */
  private endWhenIdle(): void {
    if (this.questions.length === 0) this.stop()
    else this.idle?.refresh()
  }

  private end(error: Error): void {
    const open = this.questions.slice(this.answered)
    this.stop()
    this.questions = []
    this.answered = 0
    for (const question of open) question.reject(error)
  }

  private stop(): void {
    clearTimeout(this.idle)
    this.child?.stdin.destroy()
    this.child?.kill('SIGKILL')
    this.child = undefined
    this.incoming = undefined
    this.parts = []
    this.buffered = 0
  }

  private accept(chunk: Buffer): void {
    this.parts.push(chunk)
    this.buffered += chunk.length
    while (this.child !== undefined && this.step());
  }

  /** Consumes one header or one content; false when more bytes are needed. */
  private step(): boolean {
    if (this.incoming === undefined) return this.acceptHeader()
    // The content is followed by one line feed.
    if (this.buffered < this.incoming.size + 1) return false
    const { oid, type, size } = this.incoming
    const bytes = this.take(size + 1)
    this.incoming = undefined
    this.next().resolve({ oid, type, content: bytes.subarray(0, size) })
    return true
  }

  private acceptHeader(): boolean {
    if (this.buffered === 0) return false
    const bytes = this.joined()
    const end = bytes.indexOf(LINE_FEED)
    if (end < 0) return false
    const words = bytes.toString('latin1', 0, end).split(' ')
    this.take(end + 1)
    if (words.length !== 3 || words[1] === undefined || !/^\d+$/.test(words[2] ?? '')) {
      this.next().resolve(undefined)
      return true
    }
    this.incoming = { oid: words[0] ?? '', type: words[1], size: Number(words[2]) }
    return this.permit(this.incoming.size)
  }

  /** An object that is too large is not read to its end: the process is ended, the other questions are put again. */
  private permit(size: number): boolean {
    const question = this.questions[this.answered]
    if (question === undefined || size <= question.maxBytes) return true
    this.next().reject(new ObjectTooLarge(size))
    this.stop()
    if (this.questions.length > this.answered) this.start()
    return false
  }

  private next(): Question {
    const question = this.questions[this.answered]
    if (question === undefined) throw new ReaderEnded('git cat-file answered without a question')
    this.answered += 1
    if (this.answered === this.questions.length || this.answered > 4096) {
      this.questions = this.questions.slice(this.answered)
      this.answered = 0
    }
    return question
  }

  private take(count: number): Buffer {
    const bytes = this.joined()
    const rest = bytes.subarray(count)
    this.parts = rest.length === 0 ? [] : [rest]
    this.buffered = rest.length
    return bytes.subarray(0, count)
  }

  private joined(): Buffer {
    const [first] = this.parts
    if (this.parts.length === 1 && first !== undefined) return first
    const bytes = Buffer.concat(this.parts, this.buffered)
    this.parts = [bytes]
    return bytes
  }
}
