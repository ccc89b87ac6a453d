import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Clock } from '@baari/shared/runtime/clock'
import { isAtRest, isReadable, type DeviceLook } from '../../domain/position/device-look.ts'
import {
  nextTroubles,
  wantsReading,
  type Holder,
  type TroubleEvent,
  type Troubles,
} from '../../domain/position/position-trouble.ts'
import type { OpenFault } from '../fill/read-positions.ts'
import type { Stored } from '../fill/store-decision.ts'

/** The faults of one nozzle, kept by what was seen and read of its dispenser. */
export type NozzleTroubles = {
  all(): Troubles
  raise(code: FaultCode): void
  /** A fault of before this process started: it ends like one that was raised now. */
  recall(fault: OpenFault): void
  end(by: Holder): void
  /** Any frame, and that none came. */
  looked(look: DeviceLook): void
  /** The totals as the ledger took them; null when they could not be read. */
  read(taken: { readonly atRest: boolean; readonly stored: Stored } | null): void
  /** The dispenser is in order and at rest, and its totals are wanted for the end of a fault. */
  wantsTotals(look: DeviceLook): boolean
}

export function nozzleTroubles(clock: Pick<Clock, 'now' | 'mono'>): NozzleTroubles {
  let troubles: Troubles = []
  const tell = (event: TroubleEvent): void => {
    if (troubles.length > 0 || event.kind === 'raised') troubles = nextTroubles(troubles, event)
  }
  return {
    all: () => troubles,
    raise: (code) => tell({ kind: 'raised', code, since: clock.now() }),
    recall: ({ code, since }) => tell({ kind: 'raised', code, since }),
    end: (by) => tell({ kind: 'ended', by }),
    looked(look) {
      if (!isReadable(look) || look.state === 'out-of-order') tell({ kind: 'read-badly' })
    },
    read(taken) {
      const good = taken !== null && taken.atRest && taken.stored.nozzle.kind !== 'fault'
      tell(good ? { kind: 'read-well', at: clock.mono() } : { kind: 'read-badly' })
    },
    wantsTotals: (look) => wantsReading(troubles) && isReadable(look) && isAtRest(look),
  }
}
