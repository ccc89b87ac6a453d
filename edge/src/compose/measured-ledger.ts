import type { Clock } from '@baari/shared/runtime/clock'
import type { CommandTable, Ledger } from '../ports/ledger.ts'
import type { Metrics } from '../ports/metrics.ts'

/** The same ledger, with the time of each command counted from asking to the durable answer. */
export function measuredLedger<Table extends CommandTable<never>>(
  ledger: Ledger<Table>,
  { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
): Ledger<Table> {
  return {
    ...ledger,
    async run(name, input) {
      const asked = clock.mono()
      try {
        const answer = await ledger.run(name, input)
        metrics.commandTook(name, clock.mono() - asked)
        return answer
      } catch (error) {
        metrics.commandFailed(name)
        throw error
      }
    },
  }
}
