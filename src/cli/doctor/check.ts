/** One thing that was looked at. `hint` says what to do about it. */
export interface Check {
  readonly name: string
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly message: string
  readonly hint?: string
}

export function ok(name: string, message: string): Check {
  return { name, result: 'ok', message }
}

export function failed(name: string, message: string, hint: string): Check {
  return { name, result: 'failed', message, hint }
}

export function warning(name: string, message: string, hint: string): Check {
  return { name, result: 'warning', message, hint }
}
