/** What a command asks of a connection. */
export const CONNECTION_FIELDS = 'connection { status stage message advice checkedAt }'

export interface ConnectionView {
  readonly status: string
  readonly message: string
  readonly stage?: string | null
  readonly advice?: string | null
}

/** Columns that `-o wide` adds to a list. */
export const CONNECTION_WIDE_HEADER = ['STAGE', 'WHAT TO DO']

export function connectionWideRow({ stage, advice }: ConnectionView): readonly string[] {
  return [stage ?? '', advice ?? '']
}

/** The lines of a `get`; stage and advice only where something failed. */
export function connectionLines({ status, message, stage, advice }: ConnectionView): readonly string[][] {
  return [
    ['Status:', status],
    ['Message:', message],
    ...(stage ? [['Failed at:', stage]] : []),
    ...(advice ? [['What to do:', advice]] : []),
  ]
}
