import type { Exception } from './exceptions.ts'
import { codeRules } from './rules/code.ts'
import { documentRules } from './rules/documents.ts'
import { faultRules } from './rules/faults.ts'
import { layoutRules } from './rules/layout.ts'
import { sizeRules } from './rules/sizes.ts'
import { wordRules } from './rules/words.ts'
import type { Finding, Rule, Tree } from './tree.ts'

export const rules: readonly Rule[] = [
  ...layoutRules,
  ...sizeRules,
  ...wordRules,
  ...documentRules,
  ...codeRules,
  ...faultRules,
]

/** What the rules find in a tree, less the exceptions, plus exceptions that excuse nothing. */
export function judge(tree: Tree, exceptions: readonly Exception[]): readonly Finding[] {
  const found = rules.flatMap((rule) => rule.check(tree))
  const excuses = ({ rule, file }: Exception, finding: Finding): boolean =>
    rule === finding.rule && file === finding.file
  const idle = exceptions.filter((one) => !found.some((finding) => excuses(one, finding)))
  return [
    ...found.filter((finding) => !exceptions.some((one) => excuses(one, finding))),
    ...idle.map(({ rule, file }) => ({ rule, file, what: 'is an exception that excuses nothing' })),
  ]
}
