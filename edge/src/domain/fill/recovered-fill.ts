import { addGrams, grams, subtractGrams, type Grams } from '@baari/shared/units/mass'
import { amountFor } from '@baari/shared/units/money'
import { minutes } from '@baari/shared/units/time'
import { disputed, matches } from './fill-closing.ts'
import type { DeviceFacts } from './device-facts.ts'
import type { FillDecision, FillEffect, FillLimits, Metered, OpenFill } from './fill-states.ts'
import { agree, totalsAgree, wound, type MeterReading } from './totaliser.ts'

/** A meter without a sale log proves a fill only for this long after its last row. */
const meterProof = minutes(15)

/** The row of gas that belongs to no fill. */
export function orphanWritten(meter: Metered, ended: boolean): FillEffect {
  return { kind: 'write', row: { kind: 'orphan', meter, ended } }
}

/** The running sale began at our opening total and none was completed in between. */
export function isOwnRunning(open: OpenFill, device: DeviceFacts, limits: FillLimits): boolean {
  const { intent, terms } = open
  if (intent.deviceSequence === null || device.runningGrams === null) {
    const delivered = pieceUntil(open, device.reading.totaliserGrams, limits).deliveredGrams
    return provenByMeter(device.reading, delivered, limitOf(terms, limits))
  }
  const began = wound(device.reading.totaliserGrams, grams(-device.runningGrams), limits.meter)
  return (
    (device.sale === null || device.sale.sequence === intent.deviceSequence) &&
    totalsAgree(began, open.meter.openingGrams, limits.meter)
  )
}

function provenByMeter(reading: MeterReading, delivered: Grams, most: Grams): boolean {
  const age = reading.sinceLastMs
  return age !== null && age >= 0 && age <= meterProof && delivered <= most
}

function limitOf(terms: OpenFill['terms'], limits: FillLimits): Grams {
  return addGrams(terms.limitGrams, limits.toleranceGrams)
}

/** The piece of the books from the fill's opening to `total`, whose step was found no reset. */
export function pieceUntil(open: OpenFill, total: Grams, limits: FillLimits): Metered {
  const width = limits.meter.widthGrams
  const step = (((total - open.meter.latestGrams) % width) + width) % width
  return {
    openingGrams: open.meter.openingGrams,
    latestGrams: total,
    deliveredGrams: addGrams(open.meter.deliveredGrams, grams(step)),
  }
}

/**
 * Parts the gas between the fill and a sale that runs now but is not the fill's. What the
 * checkpoints already gave to the fill stays there, whatever the device says of its running sale.
 */
export function splitAtRunning(
  open: OpenFill,
  device: DeviceFacts,
  limits: FillLimits,
): { readonly whole: Metered; readonly rest: Metered } {
  const all = pieceUntil(open, device.reading.totaliserGrams, limits)
  const before = all.deliveredGrams - (device.runningGrams ?? 0)
  const own = grams(Math.max(open.meter.deliveredGrams, before))
  const began = wound(all.openingGrams, own, limits.meter)
  return {
    whole: { ...all, latestGrams: began, deliveredGrams: own },
    rest: {
      openingGrams: began,
      latestGrams: all.latestGrams,
      deliveredGrams: subtractGrams(all.deliveredGrams, own),
    },
  }
}

/**
 * Row 10: the matching sale settles, never above preset plus tolerance, and the rest is an orphan;
 * without a matching sale all of it is disputed (D05, D06). One decision, so that a second crash
 * finds all of it or nothing.
 */
export function closeRecovered(
  { open, whole }: { readonly open: OpenFill; readonly whole: Metered },
  device: DeviceFacts,
  limits: FillLimits,
): FillDecision {
  const first = redeemed(open)
  const sold = ownGrams({ open, whole }, device, limits)
  if (sold === null) {
    return disputed({ ...open, meter: whole }, 'sale-missing', first)
  }
  const latestGrams = wound(whole.openingGrams, sold, limits.meter)
  const meter: Metered = { ...whole, latestGrams, deliveredGrams: sold }
  const rest: Metered = {
    openingGrams: latestGrams,
    latestGrams: whole.latestGrams,
    deliveredGrams: subtractGrams(whole.deliveredGrams, sold),
  }
  return settleRecovered(
    { ...open, meter },
    first,
    rest.deliveredGrams > 0 ? [orphanWritten(rest, true)] : [],
  )
}

/** The grams that are certainly this fill's; null when nothing says which they are. */
function ownGrams(
  { open, whole }: { readonly open: OpenFill; readonly whole: Metered },
  device: DeviceFacts,
  limits: FillLimits,
): Grams | null {
  const most = limitOf(open.terms, limits)
  if (open.intent.deviceSequence === null) {
    return provenByMeter(device.reading, whole.deliveredGrams, most) ? whole.deliveredGrams : null
  }
  const { sale } = device
  if (sale === null || sale.grams === 0 || !matches(open, sale, limits)) return null
  if (sale.grams > whole.deliveredGrams) {
    return agree(sale.grams, whole.deliveredGrams, limits.meter)
      ? capped(whole.deliveredGrams, most)
      : null
  }
  const same = agree(sale.grams, whole.deliveredGrams, limits.meter)
  return capped(same ? whole.deliveredGrams : sale.grams, most)
}

function capped(value: Grams, most: Grams): Grams {
  return grams(Math.min(value, most))
}

function redeemed({ terms, meter }: OpenFill): readonly FillEffect[] {
  return meter.deliveredGrams > 0 ? [] : [{ kind: 'redeem', terms }]
}

function settleRecovered(
  open: OpenFill,
  before: readonly FillEffect[],
  after: readonly FillEffect[],
): FillDecision {
  const { terms, meter, intent } = open
  const amountPaise = amountFor(meter.deliveredGrams, terms.pricePaisePerKg)
  const sold = { terms, meter, amountPaise, flag: 'recovered' } as const
  return {
    state: { kind: 'settled', ...sold },
    effects: [
      ...before,
      {
        kind: 'write',
        row: {
          kind: 'complete',
          totaliserAfterGrams: meter.latestGrams,
          deliveredGrams: meter.deliveredGrams,
          deviceSequence: intent.deviceSequence === null ? null : intent.deviceSequence + 1,
        },
      },
      { kind: 'write', row: { kind: 'settle', ...sold } },
      ...after,
      { kind: 'close' },
      { kind: 'ticket', terms, became: 'served' },
    ],
  }
}
