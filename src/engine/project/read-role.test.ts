import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemText } from '../application/field-problem.js'
import { policyProblem } from './read-role.js'
import { validateProject } from './validate-project.js'

const ROLE = { project: 'demo', role: 'dev' }
const line = (rest: string) => `p, proj:demo:dev, ${rest}`

describe('roles of a project', () => {
  it('[1.10 roles] [2.2 roles] validateProject() keeps name, description, policies and groups, and leaves out jwtTokens', () => {
    const dev = {
      name: 'dev',
      description: 'those who build',
      policies: [line('applications, sync, demo/*, allow'), line('logs, get, demo/shop, deny')],
      groups: ['acme:developers', 'team one'],
    }
    const written = { metadata: { name: 'demo' }, spec: { roles: [{ ...dev, jwtTokens: [{ iat: 1 }] }] } }
    expect(validateProject(written)).toEqual({ project: { name: 'demo', spec: { roles: [dev] } } })
  })

  it.each<[object, string]>([
    [{ name: 'a b' }, 'spec.roles[0].name: is not a name of a role'],
    [{ policies: [] }, 'spec.roles[0].name: is missing'],
    [{ name: 'dev', group: ['x'] }, 'spec.roles[0].group: is not a known field. Did you mean "groups"?'],
    [{ name: 'dev', groups: ['x\ny'] }, 'spec.roles[0].groups[0]: is not a name of a group'],
    [
      { name: 'dev', policies: [line('logs, get, other/*, allow')] },
      'spec.roles[0].policies[0]: speaks of "other/*"',
    ],
  ])('[1.10 roles] validateProject() of the role %j says %s', (role, message) => {
    const result = validateProject({ metadata: { name: 'demo' }, spec: { roles: [role] } })
    expect('problems' in result ? problemText(result.problems) : '').toContain(message)
  })

  it('[1.10 roles] two roles of one name, and one line twice, are refused', () => {
    const twice = line('logs, get, demo/*, allow')
    const roles = [{ name: 'dev', policies: [twice, twice] }, { name: 'dev' }]
    const result = validateProject({ metadata: { name: 'demo' }, spec: { roles } })
    const text = 'problems' in result ? problemText(result.problems) : ''
    expect(text).toContain('spec.roles[0].policies[1]: stands here twice')
    expect(text).toContain('spec.roles[1].name: "dev" names another role already')
  })
})

describe('policyProblem()', () => {
  it.each([
    line('applications, *, demo/*, allow'),
    line('applications, action/apps/Deployment/restart, demo/shop, allow'),
    line('applications, update/*, demo/*, allow'),
    line('exec, create, demo/*, deny'),
    line('repositories, create, demo/https://h/*, allow'),
    line('*, get, demo/*, allow'),
  ])('takes %s', (policy) => {
    expect(policyProblem(ROLE, policy)).toBeUndefined()
  })

  it.each([
    ['g, somebody, role:admin', 'makes members'],
    ['p, role:admin, applications, get, demo/*, allow', 'speaks of "role:admin"'],
    ['p, proj:other:dev, applications, get, demo/*, allow', 'speaks of "proj:other:dev"'],
    ['p, proj:demo:*, applications, get, demo/*, allow', 'speaks of "proj:demo:*"'],
    [line('applications, get, *, allow'), 'not of this project'],
    [line('applications, get, demo*, allow'), 'not of this project'],
    [line('applications, get, demo/, allow'), 'not of this project'],
    [line('applications, get, demo/x|other/y, allow'), 'not of this project'],
    [line('accounts, update, demo/*, allow'), 'which roles of a project do not have'],
    [line('application, get, demo/*, allow'), 'Did you mean "applications"?'],
    [line('logs, read, demo/*, allow'), 'Use one of get'],
    [line('applications, get, demo/*'), 'needs six fields'],
    [`${line('logs, get, demo/*, allow')}\np, x, *, *, *, allow`, 'more than one line'],
    ['# a comment', 'is empty'],
  ])('a line of a role that reaches outside it is refused: %s', (policy, message) => {
    expect(policyProblem(ROLE, policy)).toContain(message)
  })

  it('takes no line whose object does not begin with the project', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('*', 'd', 'demo', 'demo2/', '{demo/a', '[d]emo/'),
        (rest, begin) => {
          fc.pre(!`${begin}${rest}`.trim().replace(/^"/, '').startsWith('demo/'))
          expect(policyProblem(ROLE, line(`logs, get, ${begin}${rest}, allow`))).toBeDefined()
        },
      ),
    )
  })
})
