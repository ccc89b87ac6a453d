import type { FillRow } from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import type { Outbox } from '../../ports/outbox.ts'
import type { LedgerOpBody, LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import { present } from '@baari/shared/faults/assert'
import { subtractGrams } from '@baari/shared/units/mass'
import type { FillId } from '@baari/shared/units/names'

/** `piece` is null only for a reset seen at a nozzle without a fill. */
type About = { readonly key: NozzleKey; readonly piece: FillId | null }
type RowOf<K extends FillRow['kind']> = Extract<FillRow, { kind: K }>
type Op = Parameters<Outbox['append']>[0]

type Tells = {
  readonly [K in FillRow['kind']]: (row: RowOf<K>, about: About) => Op | null
}

const silent = (): null => null

/** Rows on the way to a sale say nothing to the cloud; it hears of promises and of their ends. */
const tells: Tells = {
  reserve: silent,
  ack: silent,
  checkpoint: silent,
  complete: silent,
  moved: silent,
  intent: (row, about) => op('fill.authorised', authorisedBody(row), about),
  void: (row, about) => op('fill.voided', voidedBody(row), about),
  refuse: (row, about) => op('fill.voided', voidedBody(row), about),
  settle: (row, about) => op('fill.settled', settledBody(row), about),
  dispute: (row, about) => op('fill.disputed', disputedBody(row), about),
  orphan: (row, about) =>
    row.ended ? op('fill.orphan', { position: about.key.position, ...span(row) }, about) : null,
  'meter-reset': (row, about) => ({
    kind: 'meter.reset',
    entity: { type: 'station', uuid: '' },
    body: resetBody(row, about.key),
  }),
}

/** Tells the cloud what a row of the fill log means, in the transaction that writes the row. */
export function tellOf(outbox: Outbox, row: FillRow, about: About): void {
  const tell = tells[row.kind] as (row: FillRow, about: About) => Op | null
  const told = tell(row, about)
  if (told !== null) outbox.append(told)
}

function op<K extends LedgerOpKind>(kind: K, body: LedgerOpBody<K>, { piece }: About): Op {
  const uuid = present(piece, `the fill of ${kind}`)
  return { kind, entity: { type: 'fill', uuid }, body }
}

function authorisedBody({ terms, intent }: RowOf<'intent'>) {
  return {
    position: terms.position,
    ticket: terms.ticket,
    command: intent.command,
    limitGrams: terms.limitGrams,
    pricePaisePerKg: terms.pricePaisePerKg,
    totaliserBeforeGrams: intent.openingGrams,
  }
}

function settledBody({ terms, meter, amountPaise, flag }: RowOf<'settle'>) {
  return {
    position: terms.position,
    ticket: terms.ticket,
    booking: terms.use?.booking ?? null,
    amountPaise,
    pricePaisePerKg: terms.pricePaisePerKg,
    ...span({ meter }),
    recovered: flag === 'recovered',
  }
}

function voidedBody({ terms, cause }: RowOf<'void' | 'refuse'>) {
  return { position: terms.position, reason: cause }
}

function disputedBody(row: RowOf<'dispute'>) {
  return { position: row.terms.position, ...span(row), reason: row.reason }
}

function resetBody({ lastGrams, nowGrams }: RowOf<'meter-reset'>, { position }: NozzleKey) {
  return { position, lastGrams, nowGrams, differenceGrams: subtractGrams(nowGrams, lastGrams) }
}

function span({ meter }: Pick<RowOf<'settle'>, 'meter'>) {
  return {
    grams: meter.deliveredGrams,
    totaliserBeforeGrams: meter.openingGrams,
    totaliserAfterGrams: meter.latestGrams,
  }
}
