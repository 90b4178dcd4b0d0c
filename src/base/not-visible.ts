import { AppError } from './app-error.js'

/** What the caller may not even see: outside it looks exactly like what does not exist, the audit trail knows better. */
export class NotVisible extends AppError {
  constructor(message: string) {
    super('NOT_FOUND', message)
    this.name = 'NotVisible'
  }
}
