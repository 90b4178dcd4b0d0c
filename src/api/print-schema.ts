import 'reflect-metadata'
import { writeFile } from 'node:fs/promises'
import { NestFactory } from '@nestjs/core'
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { apiPage } from './api-page.js'
import { guardSchema } from './guard-schema.js'
import { permissionsPage } from './permissions-page.js'
import { RESOLVERS } from './resolvers.js'

export interface SchemaTexts {
  readonly schema: string
  /** The reference of the API. */
  readonly page: string
  readonly permissions: string
}

/** The schema and its reference as text, with the access rules checked; needs no server and no store. */
export async function schemaTexts(): Promise<SchemaTexts> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: ['error'] })
  const schema = guardSchema(await app.get(GraphQLSchemaFactory).create([...RESOLVERS]))
  await app.close()
  const text = `# Written by \`npm run generate\`; do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`
  return { schema: text, page: apiPage(schema), permissions: permissionsPage(schema) }
}

/** The schema alone. */
export async function schemaText(): Promise<string> {
  return (await schemaTexts()).schema
}

if (import.meta.main) await writeFile('src/api/schema.graphql', await schemaText())
