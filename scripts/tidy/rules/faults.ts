import { cataloguePath, faultPage, pagePath, testedFaults } from '../fault-tests.ts'
import { rule, type Finding, type Rule, type Tree } from '../tree.ts'

function faultFaults(tree: Tree): readonly Omit<Finding, 'rule'>[] {
  if (!tree.has(cataloguePath)) return []
  const untested = testedFaults(tree)
    .filter(({ tests }) => tests.length === 0)
    .map(({ id, fault }) => ({ file: cataloguePath, what: `no test names ${id} (${fault})` }))
  const current = tree.has(pagePath) && tree.read(pagePath) === faultPage(tree)
  return current
    ? untested
    : [...untested, { file: pagePath, what: 'is out of date: npm run faults' }]
}

export const faultRules: readonly Rule[] = [rule('fault-tests', faultFaults)]
