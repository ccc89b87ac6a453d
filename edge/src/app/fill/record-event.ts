import type { Grams } from '@baari/shared/units/mass'
import { decideFill } from '../../domain/fill/fill-rules.ts'
import type { FillEvent, SaleFact } from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import { loadPlace, readingNow, type FillPlace, type FillTx } from './fill-place.ts'
import { storeDecision, type Stored } from './store-decision.ts'

/** What the control thread saw; the age of a reading is added by the ledger, which knows the last. */
export type NozzleEvent =
  | Exclude<FillEvent, { kind: 'reserve' | 'authorise' | 'flow' | 'totals-read' }>
  | { readonly kind: 'flow'; readonly totaliserGrams: Grams }
  | {
      readonly kind: 'totals-read'
      readonly totaliserGrams: Grams
      readonly atRest: boolean
      readonly sale: SaleFact | null
    }

export type EventInput = {
  readonly key: NozzleKey
  readonly event: NozzleEvent
  /** The device's own text of the totaliser, when the event carries one. */
  readonly raw: string | null
}

/** `fill.event`: loads the nozzle, decides, and stores state, rows, ops and uses together. */
export function recordEvent(tx: FillTx, input: EventInput, context: CommandContext): Stored {
  const place = loadPlace(tx.fills, input.key)
  const event = dated(tx, place, { event: input.event, context })
  const decision = decideFill(place.state, event, place.limits)
  return storeDecision({ tx, context }, place, {
    decision,
    totaliserGrams: 'totaliserGrams' in input.event ? input.event.totaliserGrams : null,
    raw: input.raw,
  })
}

function dated(
  tx: FillTx,
  place: FillPlace,
  { event, context }: { readonly event: NozzleEvent; readonly context: CommandContext },
): FillEvent {
  if (!('totaliserGrams' in event)) return event
  const { totaliserGrams, ...rest } = event
  const reading = readingNow(tx.fills, place.record.last, { totaliserGrams, now: context.now })
  return { ...rest, reading }
}
