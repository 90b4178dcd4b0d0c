import type { Project, ProjectSpec } from '../../engine/project/project.js'
import { roleNames } from '../../engine/project/role-names.js'
import { ProjectStore } from '../directory-stores.js'
import { JoinedReads } from '../joined-reads.js'
import type { MutationRecord } from '../records.js'
import type { Database } from './database.js'
import type { Project as ProjectRow } from './generated/client.js'

export class PrismaProjectStore extends ProjectStore {
  readonly #database: Database
  readonly #joined = new JoinedReads()

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async create(project: Project, record: MutationRecord): Promise<void> {
    const { id, name, spec, generation } = project
    const write = this.#database.prisma.project.create({
      data: { id, name, spec: { ...spec } as object, generation },
    })
    await this.#database.prismaChange([write], record)
  }

  override async update(project: Project, record: MutationRecord): Promise<void> {
    const { id, spec, generation } = project
    const { prisma } = this.#database
    const roles = [...roleNames(spec)]
    const writes = [
      prisma.project.update({ where: { id }, data: { spec: { ...spec } as object, generation } }),
      prisma.credential.updateMany({
        where: { projectId: id, role: { notIn: roles }, revokedAt: null },
        data: { revokedAt: new Date() },
      }),
    ]
    await this.#database.prismaChange(writes, record)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    await this.#database.prismaChange([this.#database.prisma.project.delete({ where: { id } })], record)
  }

  /** Asked for every application that is compared: typed SQL, and equal questions at the same moment are one. */
  override byName(name: string): Promise<Project | undefined> {
    return this.#joined.run(name, async () => {
      const row = await this.#database.first<ProjectRow>({
        name: 'project-by-name',
        text: 'SELECT id, name, spec, generation FROM projects WHERE name = $1',
        values: [name],
      })
      return row === undefined ? undefined : toProject(row)
    })
  }

  override async list(): Promise<readonly Project[]> {
    const rows = await this.#database.read((prisma) => prisma.project.findMany({ orderBy: { name: 'asc' } }))
    return rows.map(toProject)
  }
}

function toProject({ id, name, spec, generation }: ProjectRow): Project {
  return { id, name, spec: spec as ProjectSpec, generation }
}
