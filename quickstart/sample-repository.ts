import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createRepository } from '../test/support/git-repository.js'

const IMAGE = 'registry.k8s.io/pause:3.10'

/** Two Deployments with their Services and ConfigMaps: enough to see a sync, drift, healing and a prune. */
function part(name: string, port: number): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  greeting: hello from ${name}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector: { app: ${name} }
  ports:
    - name: http
      port: ${port}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 2
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: ${name}
          image: ${IMAGE}
          ports: [{ containerPort: ${port} }]
          envFrom: [{ configMapRef: { name: ${name} } }]
`
}

const README = `# sample

The application "sample" is what stands in shop/. Clone, change, push: Lockstep follows.
`

/** Makes the sample repository below \`root\` unless it is there. */
export async function createSample(root: string): Promise<void> {
  if (existsSync(join(root, 'sample.git'))) return
  await createRepository(root, 'sample', {
    'README.md': README,
    'shop/backend.yaml': part('backend', 8081),
    'shop/frontend.yaml': part('frontend', 8080),
  })
}
