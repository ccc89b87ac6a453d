import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import type { RunSeed } from '@baari/shared/domain/twin/chance'
import { play, policyNames, type PolicyName } from '@baari/shared/domain/twin/policies'
import { steadyTraffic, type SteadyState } from '@baari/shared/domain/twin/steady-state'
import { simInstant } from '@baari/shared/domain/twin/visit'
import { waitsOf, type Waits } from '@baari/shared/domain/twin/waits'

/** The waits of every reference policy in one replication, on the same vehicles. */
export type ReferenceRun = Readonly<Record<Exclude<PolicyName, 'REC'>, Waits>>

const dayMs = 86_400_000

/** As the table of the design was made: measured from the end of the warm-up to the end. */
export function referenceRun(
  scenario: SteadyState,
  warmUpDays: number,
  seed: RunSeed,
): ReferenceRun {
  const traffic = steadyTraffic(scenario, seed)
  const setting = {
    ...{ positions: scenario.positions, seed },
    ...{ rule: recommendedConfig, staging: false },
  }
  const measured = { from: simInstant(warmUpDays * dayMs), to: simInstant(scenario.days * dayMs) }
  const waits = (policy: PolicyName): Waits => {
    const { visits, starts } = play(policy, traffic, setting)
    return waitsOf(visits, starts, measured)
  }
  return Object.fromEntries(
    policyNames.filter((name) => name !== 'REC').map((name) => [name, waits(name)]),
  ) as ReferenceRun
}
