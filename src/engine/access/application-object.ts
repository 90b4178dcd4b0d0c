import { DEFAULT_APPLICATION_NAMESPACE } from '../application/application.js'

/** The object of a policy: `<project>/<app>`, with the namespace between when it is not the default one. */
export function applicationObject(
  project: string,
  name: { readonly namespace: string; readonly name: string },
): string {
  return name.namespace === DEFAULT_APPLICATION_NAMESPACE
    ? `${project}/${name.name}`
    : `${project}/${name.namespace}/${name.name}`
}
