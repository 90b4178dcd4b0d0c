import { OPEN_PROJECT_SPEC } from '../../src/engine/project/project.js'

export interface Changes {
  change(name: string, input: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** As an admin does with `lockstep proj set default …`: a fresh installation's permits nothing. */
export async function openDefaultProject(api: Changes): Promise<void> {
  await api.change('createProject', { name: 'default', upsert: true, spec: OPEN_PROJECT_SPEC })
}
