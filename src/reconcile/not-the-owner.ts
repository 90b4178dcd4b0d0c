import { AppError } from '../base/app-error.js'

/** Another process owns the cluster: what was to be done is its work, and it knows. */
export class NotTheOwner extends AppError {
  constructor(cluster: string) {
    super('CONFLICT', `This worker does not own cluster "${cluster}". Try again in a moment.`)
    this.name = 'NotTheOwner'
  }
}
