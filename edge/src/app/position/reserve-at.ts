import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Grams } from '@baari/shared/units/mass'
import type { TicketId } from '@baari/shared/units/names'
import type { Millis, Mono } from '@baari/shared/units/time'
import { isAtRest, isReadable } from '../../domain/position/device-look.ts'
import type { NozzleDevice } from '../../ports/nozzle-device.ts'
import type { NozzleControl } from './nozzle-control.ts'
import type { PositionParts } from './position-parts.ts'

/** The attendant's act, and what was asked for with it. */
export type ReadyAct = {
  readonly at: Mono
  readonly limitGrams: Grams | null
  /** Which heads could be read then. */
  readonly linked: string
}

type Wish = {
  readonly ticket: TicketId
  readonly ready: ReadyAct
  readonly readyAgeMs: Millis
}

/**
 * `not-yet`: the head is still coming to rest after the last fill, or its last frame was late. The
 * next frame may say otherwise, so nothing was asked of the ledger and nothing is spent.
 */
export type ReserveOutcome = Refusal | 'ledger-lost' | 'not-yet' | null

/**
 * Tries the nozzles of a position in order; the first whose type fits the vehicle decides. Null
 * when one of them was authorised, else why not.
 */
export async function reserveAt(
  parts: PositionParts,
  controls: readonly NozzleControl[],
  wish: Wish,
): Promise<ReserveOutcome> {
  let no: Refusal = refusal('position_unavailable', { condition: 'nozzle' })
  for (const [index, control] of controls.entries()) {
    const answer = await reserveOne(parts, { index, control }, wish)
    if (answer === null || answer === 'ledger-lost' || answer === 'not-yet') return answer
    no = answer
    if (no.facts['condition'] !== 'nozzle') return no
  }
  return no
}

async function reserveOne(
  parts: PositionParts,
  { index, control }: { readonly index: number; readonly control: NozzleControl },
  { ticket, ready, readyAgeMs }: Wish,
): Promise<ReserveOutcome> {
  const nozzle = parts.nozzles[index]
  if (nozzle === undefined || control.view().held) return unavailable
  const before = hindrance(nozzle.device)
  if (before !== null) return before
  const opening = await openingTotals(nozzle.device, control)
  if (opening === null) return 'not-yet'
  // While the line was asked, a frame may have come late or the head may have moved.
  const meanwhile = hindrance(nozzle.device)
  if (meanwhile !== null) return meanwhile
  const look = nozzle.device.look()
  const dispenser = { atRest: isAtRest(look), quality: look.quality }
  const configurationVerified = nozzle.device.unfit() === null
  const facts = { ...parts.safety(), readyAgeMs, dispenser, configurationVerified }
  const { position, nozzle: number } = nozzle.setup
  try {
    const reserved = await parts.ledger().run('fill.reserve', {
      key: { position, nozzle: number },
      ticket,
      askedGrams: ready.limitGrams,
      facts,
      totaliserGrams: opening.grams,
      raw: opening.raw,
      deviceSequence: look.saleSequence,
      deviceBoot: look.bootEpoch,
      authoriseWithinMs: parts.times.authoriseWithinMs,
    })
    if (!reserved.ok) return reserved.error
    control.accept(reserved.value)
    return null
  } catch (cause) {
    parts.onLedgerLost(cause)
    return 'ledger-lost'
  }
}

/** Why this head is not asked for now; null when its last frame is of now and it is at rest. */
function hindrance(device: NozzleDevice): Refusal | 'not-yet' | null {
  const look = device.look()
  if (look.state === 'closed') return unavailable
  if (look.quality !== 'good') {
    // A driver and an attendant are waiting for this frame; the usual beat would be a second late.
    device.refresh()
    return 'not-yet'
  }
  return isAtRest(look) ? null : 'not-yet'
}

/**
 * The totaliser to open at. A frame of now that shows exactly where the books were closed is the
 * second of two agreeing readings; only otherwise the line is asked again.
 */
async function openingTotals(
  device: NozzleDevice,
  control: NozzleControl,
): Promise<{ readonly grams: Grams; readonly raw: string | null } | null> {
  const look = device.look()
  const { state } = control.view()
  const closedAt = 'accountedGrams' in state ? state.accountedGrams : null
  if (isReadable(look) && look.totaliserGrams !== null && look.totaliserGrams === closedAt) {
    return { grams: closedAt, raw: look.raw }
  }
  const totals = await device.totals()
  return totals.ok ? totals.value : null
}

const unavailable = refusal('position_unavailable', { condition: 'dispenser' })
