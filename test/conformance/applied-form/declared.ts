import type { Declared } from './place.js'

export function exposing(name: string, ports: readonly object[]): Declared {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports } }
}

export function configMap(name: string, data: Readonly<Record<string, unknown>>): Declared {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

export interface DeploymentParts {
  readonly spec?: object
  readonly pod?: object
  readonly container?: object
}

export function deployment(name: string, parts: DeploymentParts = {}): Declared {
  const labels = { app: name }
  const containers = [{ name: 'main', image: 'example.invalid/main:1', ...parts.container }]
  const template = { metadata: { labels }, spec: { containers, ...parts.pod } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template, ...parts.spec },
  }
}
