import { CLUSTER_SERVER } from '../../integration/api/gateway-fixture.js'
import { APPLICATION, PROJECT, projectSpec } from './identities.js'

/** What exists when a call is made; ids as the API shows them. */
export interface Known {
  readonly operation: string
  readonly round: number
}

type Given = (known: Known) => Readonly<Record<string, unknown>>
const nothing: Given = () => ({})
const input =
  (fields: Readonly<Record<string, unknown>>): Given =>
  () => ({ input: fields })
const application = input({ name: APPLICATION })

export const APPLICATION_SPEC = {
  project: PROJECT,
  source: { repoURL: 'https://git.test/crawl', path: '.' },
  destination: { server: CLUSTER_SERVER, namespace: 'crawl' },
}
export const REPOSITORY = 'https://git.test/crawl'
export const TEMPLATE = 'https://git.test/crawl'
export const VICTIM = 'crawl-victim'

/**
 * The arguments of every root field, so that they name what exists in the project `crawl-alpha`. A new field without a
 * line fails the crawl.
 */
export const GIVEN: Readonly<Record<string, Given>> = {
  'Query.account': () => ({ name: VICTIM }),
  'Query.accounts': nothing,
  'Query.application': () => ({ name: APPLICATION }),
  'Query.applications': () => ({ first: 1 }),
  'Query.auditEvents': () => ({ first: 1 }),
  'Query.canI': () => ({ resource: 'applications', action: 'get', object: `${PROJECT}/${APPLICATION}` }),
  'Query.clusterConnection': () => ({ first: 1 }),
  'Query.clusters': nothing,
  'Query.credentialTemplates': nothing,
  'Query.operation': ({ operation }) => ({ id: operation }),
  'Query.policy': nothing,
  'Query.policyWhy': () => ({
    resource: 'applications',
    action: 'get',
    object: `${PROJECT}/${APPLICATION}`,
    subject: VICTIM,
  }),
  'Query.project': () => ({ name: PROJECT }),
  'Query.projectConnection': () => ({ first: 1 }),
  'Query.projects': nothing,
  'Query.repositories': nothing,
  'Query.repositoryConnection': () => ({ first: 1 }),
  'Query.repository': () => ({ url: REPOSITORY }),
  'Query.roleTokens': () => ({ project: PROJECT, role: 'team' }),
  'Query.validatePolicy': input({ csv: '' }),
  'Query.verifyAudit': nothing,
  'Query.viewer': nothing,
  'Query.writesPaused': nothing,
  'Mutation.addCluster': input({ name: 'two', kubeconfig: 'none' }),
  'Mutation.addCredentialTemplate': ({ round }) => ({
    input: { url: `https://git.test/${round}`, password: 'canary-git-password' },
  }),
  'Mutation.addRepository': ({ round }) => ({ input: { url: `https://git.test/${round}`, skipCheck: true } }),
  'Mutation.changeCluster': input({ cluster: CLUSTER_SERVER, labels: { a: 'b' } }),
  'Mutation.completeSetup': input({ token: 'wrong', password: 'a good long password' }),
  'Mutation.confirmDeletion': application,
  'Mutation.confirmPassword': input({ password: 'wrong' }),
  'Mutation.createAccount': ({ round }) => ({ input: { name: `made-${round}` } }),
  'Mutation.createApiToken': input({ account: VICTIM }),
  'Mutation.createApplication': ({ round }) => ({ input: { name: `made-${round}`, spec: APPLICATION_SPEC } }),
  'Mutation.createProject': ({ round }) => ({ input: { name: `made-${round}`, spec: projectSpec('x') } }),
  'Mutation.createRoleToken': input({ project: PROJECT, role: 'team' }),
  'Mutation.deleteAccount': input({ name: VICTIM }),
  'Mutation.deleteApiToken': input({ account: VICTIM, token: 'crawl-token' }),
  'Mutation.deleteApplication': application,
  'Mutation.deleteApplications': input({ choice: { names: [{ name: APPLICATION }] } }),
  'Mutation.deleteRoleToken': input({ project: PROJECT, role: 'team', token: 'crawl-token' }),
  'Mutation.endSessions': input({ account: VICTIM }),
  'Mutation.login': input({ username: VICTIM, password: 'wrong' }),
  'Mutation.logout': nothing,
  'Mutation.patchApplication': input({ name: APPLICATION, patch: {}, type: 'MERGE' }),
  'Mutation.pauseWrites': input({ paused: false }),
  'Mutation.refreshApplication': application,
  'Mutation.refreshApplications': input({ choice: { names: [{ name: APPLICATION }] } }),
  'Mutation.removeCluster': input({ cluster: CLUSTER_SERVER }),
  'Mutation.removeCredentialTemplate': input({ url: TEMPLATE }),
  'Mutation.removeProject': input({ name: PROJECT }),
  'Mutation.removeRepository': input({ url: REPOSITORY }),
  'Mutation.rollbackApplication': application,
  'Mutation.rotateClusterCredential': input({ cluster: CLUSTER_SERVER }),
  'Mutation.syncApplication': application,
  'Mutation.syncApplications': input({ choice: { names: [{ name: APPLICATION }] } }),
  'Mutation.terminateOperation': application,
  'Mutation.updateAccount': input({ name: VICTIM, enabled: true }),
  'Mutation.updateApplication': input({ name: APPLICATION, labels: { a: 'b' } }),
  'Mutation.updatePolicy': input({ overlays: [] }),
  'Mutation.updatePassword': input({
    account: VICTIM,
    currentPassword: 'canary-admin-password',
    newPassword: 'another long password',
  }),
  'Subscription.applicationChanged': nothing,
  'Subscription.logs': application,
  'Subscription.operationProgress': application,
  'Subscription.resourceTreeChanged': application,
}
