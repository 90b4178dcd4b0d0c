import { CliError } from '../cli-error.js'

export interface ResourceChoice {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** One `--resource`; `*` stands for anything, `exclude` is a leading `!`. */
export interface ResourceWish extends ResourceChoice {
  readonly exclude: boolean
}

/** `[!]GROUP:KIND:NAME` or `[!]GROUP:KIND:NAMESPACE/NAME`. */
export function parseResource(text: string): ResourceWish {
  const exclude = text.startsWith('!')
  const [group, kind, named, ...rest] = (exclude ? text.slice(1) : text).split(':')
  if (group === undefined || !kind || !named || rest.length > 0) {
    throw new CliError(`"${text}" is not a resource`, {
      hint: 'GROUP:KIND:NAME, e.g. apps:Deployment:web or :Service:web; * for any, ! in front for all but it',
    })
  }
  const slash = named.indexOf('/')
  const namespace = slash < 0 ? '' : named.slice(0, slash)
  return { exclude, group, kind, namespace, name: named.slice(slash + 1) }
}

/** The objects that the wishes mean: any of those that include, none of those that exclude. */
export function chooseResources(
  all: readonly ResourceChoice[],
  wishes: readonly ResourceWish[],
): readonly ResourceChoice[] {
  const includes = wishes.filter(({ exclude }) => !exclude)
  const excludes = wishes.filter(({ exclude }) => exclude)
  return all
    .filter((one) => includes.length === 0 || includes.some((wish) => fits(wish, one)))
    .filter((one) => !excludes.some((wish) => fits(wish, one)))
    .map(({ group, kind, namespace, name }) => ({ group, kind, namespace, name }))
}

function fits(wish: ResourceWish, one: ResourceChoice): boolean {
  const is = (wanted: string, value: string): boolean => wanted === '*' || wanted === value
  const inNamespace = wish.namespace === '' || is(wish.namespace, one.namespace)
  return is(wish.group, one.group) && is(wish.kind, one.kind) && is(wish.name, one.name) && inNamespace
}
