import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../base/app-error.js'

/** The folder that holds tools/ and prisma/: the same for the sources and for the built `dist`. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'tools/supervise.mjs'))) {
    const parent = dirname(folder)
    if (parent === folder)
      throw new AppError('INTERNAL', 'Cannot find tools/supervise.mjs above the program.')
    folder = parent
  }
  return folder
}
