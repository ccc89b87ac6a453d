import type { Grams } from '@baari/shared/units/mass'
import { installed } from '../../domain/fill/fill-books.ts'
import type { NozzleSetup } from '../../ports/fills.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { FillTx } from './fill-place.ts'

export type InstallInput = {
  readonly setup: NozzleSetup
  /** The device's first good totaliser reading; null while it cannot be read. */
  readonly totaliserGrams: Grams | null
}

/**
 * `fill.install`: takes over what the station file says of a nozzle. The first good reading ever
 * opens its books; before it the nozzle is unknown and sells nothing.
 */
export function installNozzle(
  tx: Pick<FillTx, 'fills'>,
  { setup, totaliserGrams }: InstallInput,
  { now }: CommandContext,
): { readonly known: boolean } {
  const record = tx.fills.nozzle(setup)
  if (record !== undefined) {
    const changed = JSON.stringify(record.setup) !== JSON.stringify(setup)
    if (changed) tx.fills.saveNozzle({ ...record, setup })
    return { known: true }
  }
  if (totaliserGrams === null) return { known: false }
  tx.fills.saveNozzle({
    setup,
    account: installed(totaliserGrams),
    last: { totaliserGrams, at: now.at, mono: now.mono, boot: tx.fills.boot },
    resting: { kind: 'idle', accountedGrams: totaliserGrams },
    frozen: false,
  })
  return { known: true }
}
