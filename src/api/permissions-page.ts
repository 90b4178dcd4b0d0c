import type { GraphQLSchema } from 'graphql'
import { ACCESS_KEY } from './access-rule.js'

/** Which permission opens which root fields, as a page. */
export function permissionsPage(schema: GraphQLSchema): string {
  const fields = new Map<string, string[]>()
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const { name, extensions } of Object.values(type?.getFields() ?? {})) {
      const rule = String(extensions[ACCESS_KEY])
      fields.set(rule, [...(fields.get(rule) ?? []), `\`${name}\``])
    }
  }
  const rows = [...fields].sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = rows.map(([rule, names]) => `| \`${rule}\` | ${names.sort().join(', ')} |`)
  return `${[INTRO, ['| Permission | Opens |', '| --- | --- |', ...lines].join('\n')].join('\n\n')}\n`
}

const INTRO = `# Permissions

Generated from the schema by \`npm run generate\`; do not edit. \`resource:action\` is what a policy line grants
(\`p, role, resource, action, object, allow\`); it must hold somewhere for the field to be asked, and for the very object for
anything to be seen or done. \`signed-in\` fields decide by the object alone, or are about the caller.`
