import { plainWord, type AppView, type OperationView } from './app-view.js'

/** The application as `argoproj.io/v1alpha1`, so that scripts with jq keep working. */
export function appDocument(app: AppView): unknown {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: app.name,
      namespace: app.namespace,
      creationTimestamp: app.createdAt,
      generation: app.generation,
      ...(Object.keys(app.labels).length > 0 && { labels: app.labels }),
      ...(Object.keys(app.annotations).length > 0 && { annotations: app.annotations }),
      ...(app.deletion && { deletionTimestamp: app.deletion.requestedAt }),
    },
    spec: app.spec,
    status: {
      sync: { status: plainWord(app.sync), ...revisionsOf(app.revisions) },
      health: healthOf(app.health),
      ...(app.conditions.length > 0 && { conditions: app.conditions }),
      ...(app.observedAt && { reconciledAt: app.observedAt }),
      ...(app.resources && { resources: app.resources.map(resourceOf) }),
      ...(app.operation && { operationState: operationDocument(app.operation) }),
    },
  }
}

export function operationDocument(operation: OperationView): unknown {
  return {
    phase: plainWord(operation.phase),
    message: operation.message,
    startedAt: operation.startedAt,
    ...(operation.finishedAt && { finishedAt: operation.finishedAt }),
    syncResult: {
      ...revisionsOf(operation.revisions),
      resources: operation.results.map(({ outcome, ...result }) => ({
        ...result,
        outcome: outcome.toLowerCase(),
      })),
    },
  }
}

function revisionsOf(revisions: readonly string[]): object {
  return revisions.length > 1 ? { revisions } : { revision: revisions[0] ?? '' }
}

function healthOf(health: AppView['health']): object {
  return { status: plainWord(health.status), ...(health.message && { message: health.message }) }
}

function resourceOf(resource: NonNullable<AppView['resources']>[number]): object {
  const { health, requiresPruning, status, namespace, ...rest } = resource
  return {
    ...rest,
    ...(namespace !== '' && { namespace }),
    status: plainWord(status),
    ...(health && { health: healthOf(health) }),
    ...(requiresPruning && { requiresPruning }),
  }
}
