import type { Manifest } from '../../../src/engine/manifest/manifest.js'

export interface Declaration {
  /** Group, version and plural, e.g. `apps/v1/deployments`. */
  readonly resource: string
  readonly manifest: Manifest
}

const labels = { app: 'web' }
const selector = { matchLabels: labels }

/** As people write it: odd spellings of quantities, zeros, nulls and empty maps that the API server leaves out. */
const pod = {
  metadata: { labels, creationTimestamp: null, annotations: {} },
  spec: {
    hostNetwork: false,
    automountServiceAccountToken: false,
    nodeSelector: {},
    tolerations: [{ key: 'a', operator: 'Exists' }],
    securityContext: { runAsNonRoot: false, fsGroup: 0 },
    initContainers: [{ name: 'init', image: 'example.invalid/a:1', command: ['true'] }],
    containers: [
      {
        name: 'main',
        image: 'example.invalid/a:1',
        args: ['--x', ''],
        env: [
          { name: 'EMPTY', value: '' },
          { name: 'REF', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
        ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', name: 'dns' }],
        resources: { limits: { cpu: 1, memory: '1024Mi' }, requests: { cpu: '0.5', memory: '1e3' } },
        livenessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 0 },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp', readOnly: false }],
      },
      { name: 'side', image: 'example.invalid/b' },
    ],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: '1024Mi' } },
      { name: 'plain', emptyDir: {} },
      { name: 'all', projected: { sources: [{ configMap: { name: 'x' } }] } },
    ],
  },
}

/** Kinds with defaults, quantities, IntOrString, list-maps and atomic lists; all accepted by the API server. */
export const DECLARATIONS: readonly Declaration[] = [
  of('apps/v1/deployments', 'Deployment', {
    spec: {
      replicas: 0,
      selector,
      template: pod,
      strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    },
    status: {},
  }),
  of('apps/v1/statefulsets', 'StatefulSet', {
    spec: {
      serviceName: 'web',
      replicas: 0,
      selector,
      template: pod,
      volumeClaimTemplates: [
        {
          metadata: { name: 'd' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
        },
      ],
    },
  }),
  of('batch/v1/cronjobs', 'CronJob', {
    spec: {
      schedule: '0 0 * * *',
      suspend: false,
      jobTemplate: { spec: { template: { spec: { ...pod.spec, restartPolicy: 'Never' } } } },
    },
  }),
  of('v1/services', 'Service', {
    spec: {
      selector: labels,
      ports: [
        { name: 'a', port: 80, targetPort: 'http' },
        { name: 'b', port: 81 },
      ],
    },
  }),
  of('v1/configmaps', 'ConfigMap', { data: { a: '', 'limits.cpu': '1' }, binaryData: {} }),
  of('v1/secrets', 'Secret', { stringData: { a: 'grüße', b: '' }, data: { c: 'eA==' } }),
  of('v1/serviceaccounts', 'ServiceAccount', {
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'x' }],
  }),
  of('v1/persistentvolumeclaims', 'PersistentVolumeClaim', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      resources: { requests: { storage: '0.5Gi' } },
    },
  }),
  of('v1/resourcequotas', 'ResourceQuota', { spec: { hard: { 'limits.cpu': '2000m', pods: 10 } } }),
  of('v1/limitranges', 'LimitRange', {
    spec: { limits: [{ type: 'Container', default: { cpu: '1000m' }, max: { memory: '2048Mi', cpu: 4 } }] },
  }),
  of('networking.k8s.io/v1/ingresses', 'Ingress', {
    spec: {
      rules: [
        {
          host: 'a.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  }),
  of('networking.k8s.io/v1/networkpolicies', 'NetworkPolicy', {
    spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }, {}], egress: [] },
  }),
  of('policy/v1/poddisruptionbudgets', 'PodDisruptionBudget', { spec: { selector, maxUnavailable: '50%' } }),
  of('autoscaling/v2/horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '0.5' } },
        },
        {
          type: 'Resource',
          resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    },
  }),
  of('rbac.authorization.k8s.io/v1/roles', 'Role', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: [] }],
  }),
  of('rbac.authorization.k8s.io/v1/rolebindings', 'RoleBinding', {
    roleRef: { kind: 'Role', name: 'web', apiGroup: 'rbac.authorization.k8s.io' },
    subjects: [
      { kind: 'ServiceAccount', name: 'web', apiGroup: '' },
      { kind: 'User', name: 'x', apiGroup: 'rbac.authorization.k8s.io' },
    ],
  }),
]

function of(resource: string, kind: string, body: object): Declaration {
  const apiVersion = resource.split('/').slice(0, -1).join('/')
  return {
    resource,
    manifest: { apiVersion, kind, metadata: { name: 'web', labels, annotations: {} }, ...body },
  }
}
