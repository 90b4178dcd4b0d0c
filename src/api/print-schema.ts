import 'reflect-metadata'
import { writeFile } from 'node:fs/promises'
import { NestFactory } from '@nestjs/core'
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { guardSchema } from './guard-schema.js'
import { RESOLVERS } from './resolvers.js'

/** The schema as text, with the access rules checked; needs no server and no store. */
export async function schemaText(): Promise<string> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: ['error'] })
  const schema = guardSchema(await app.get(GraphQLSchemaFactory).create([...RESOLVERS]))
  await app.close()
  return `# Written by \`npm run generate\`; do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`
}

if (import.meta.main) await writeFile('src/api/schema.graphql', await schemaText())
