import { SettingStore } from '../directory-stores.js'
import type { MutationRecord } from '../records.js'
import type { Database } from './database.js'

export class PrismaSettingStore extends SettingStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async get(name: string): Promise<string | undefined> {
    const row = await this.#database.read((prisma) => prisma.setting.findUnique({ where: { name } }))
    return row?.value
  }

  override async getOrCreate(name: string, make: () => string): Promise<string> {
    const stored = await this.get(name)
    if (stored !== undefined) return stored
    const made = make()
    await this.#database.rows({
      name: 'setting-create',
      text: 'INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      values: [name, made],
    })
    return (await this.get(name)) ?? made
  }

  override async set(name: string, value: string, record: MutationRecord): Promise<void> {
    const write = this.#database.prisma.setting.upsert({
      where: { name },
      create: { name, value },
      update: { value },
    })
    await this.#database.prismaChange([write], record)
  }

  override async firstDelivery(id: string, at: string): Promise<boolean> {
    const rows = await this.#database.rows({
      name: 'webhook-first-delivery',
      text: 'INSERT INTO webhook_deliveries (id, received_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
      values: [id, at],
    })
    return rows.length > 0
  }
}
