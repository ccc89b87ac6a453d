import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { AuthoriseFacts, Interlock } from './interlock-facts.ts'
import { interlockNames, interlocks, type Guard } from './interlocks.ts'

export type OpenCondition = { readonly condition: Interlock; readonly refusal: Refusal }

/** What must hold to authorise, in the order of the table. */
const guards = interlockNames.flatMap((name) => {
  const { authorise } = interlocks[name]
  return authorise === null ? [] : [{ condition: name, guard: authorise }]
})

/** The conditions that do not hold; a fill may be authorised only when there are none. */
export function openConditions(facts: AuthoriseFacts): readonly OpenCondition[] {
  return guards
    .filter(({ guard }) => !guard.holds(facts))
    .map(({ condition, guard }) => ({ condition, refusal: refusalOf(condition, guard, facts) }))
}

function refusalOf(condition: Interlock, guard: Guard, facts: AuthoriseFacts): Refusal {
  return refusal(guard.code, { condition, ...guard.facts?.(facts) })
}
