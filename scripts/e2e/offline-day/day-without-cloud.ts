import type { TicketId } from '@baari/shared/units/names'
import { present } from '@baari/shared/faults/assert'
import { grams, type Grams } from '@baari/shared/units/mass'
import { slotStart } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { fillVehicle } from '../../clients/fill-vehicle.ts'
import type { OpenStation } from './open-for-business.ts'
import type { PlannedScan, PlayedScan } from './planned-scan.ts'
import { playAtBothLanes, playScan } from './play-scans.ts'
import { scanPlan } from './scan-plan.ts'
import { stationCodes } from './station-codes.ts'

export type Day = {
  readonly scans: readonly PlayedScan[]
  /** What each fill took from a dispenser, by its totaliser, the witness. */
  readonly fills: readonly Grams[]
  /** Walk-in numbers given, at the button and for bookings that were over. */
  readonly walkIns: number
}

/** Every gram odd, so that a rounding somewhere shows. */
const wishes = [3_137, 2_911, 3_573, 1_777, 2_399] as const
const buttonWalkIns = 3

/** The day in its order: first vehicles are filled, then the long tail of scans. */
export async function dayWithoutCloud(open: OpenStation): Promise<Day> {
  const first = await firstScans(open)
  const tickets = [...first.tickets, ...(await walkInsAtTheButton(open))]
  const fills: Grams[] = []
  for (const [index, ticket] of tickets.entries()) {
    fills.push(await fillAndWeigh(open, { ticket, wantsGrams: wishes[index] ?? 2_000, index }))
  }
  const scans = [...first.scans, await afterTheFirstGram(open), ...(await bothLanes(open))]
  const { press, sold, seeded, kStation } = open
  const now = instant(Date.now())
  const codes = stationCodes(kStation, now)
  for (const planned of scanPlan({ press, sold, seeded, codes, now })) {
    scans.push(await playScan(open, planned))
  }
  const given = scans.filter(({ view }) => view.verdict === 'NO_SHOW').length
  return { scans, fills, walkIns: buttonWalkIns + given }
}

const inWindow = (open: OpenStation): Omit<PlannedScan, 'given' | 'expected' | 'lane'> => ({
  id: 'P1',
  by: 'scanner',
  text: open.seeded.inWindow.token,
})

/** A synced booking, its second showing at the other lane, and a token never heard of. */
async function firstScans(
  open: OpenStation,
): Promise<{ readonly scans: PlayedScan[]; readonly tickets: readonly TicketId[] }> {
  const admitted = await playScan(open, {
    ...inWindow(open),
    given: 'synced, in its window',
    lane: 1,
    expected: 'ADMIT',
  })
  const again = await playScan(open, {
    ...inWindow(open),
    id: 'P16',
    given: 'same token, other lane',
    lane: 2,
    expected: 'PRESENT',
  })
  const unheard = await playScan(open, {
    id: 'P38',
    given: 'never synced, in its window',
    by: 'scanner',
    lane: 2,
    text: open.press.print({ windowStart: slotStart(instant(Date.now())) }),
    expected: 'ADMIT',
  })
  const scans = [admitted, again, unheard]
  const tickets = [admitted, unheard].map(
    ({ view }) => present(view.ticket, `ticket of an admitted vehicle (${view.verdict})`).id,
  )
  return { scans, tickets }
}

async function walkInsAtTheButton({ node }: OpenStation): Promise<readonly TicketId[]> {
  const tickets: TicketId[] = []
  for (let number = 1; number <= buttonWalkIns; number += 1) {
    const { ticket } = await node.openWalkIn({
      vehicleClass: 'auto',
      plate: `GJ01WA000${number}`,
      retestValidUntil: '2031-03-31',
    })
    tickets.push(ticket.id)
  }
  return tickets
}

async function fillAndWeigh(
  open: OpenStation,
  {
    ticket,
    wantsGrams,
    index,
  }: { readonly ticket: TicketId; readonly wantsGrams: number; readonly index: number },
): Promise<Grams> {
  const weigh = async (): Promise<number> =>
    (await open.forecourt.heads()).reduce((sum, head) => sum + head.totaliserGrams, 0)
  const before = await weigh()
  const plate = `GJ01NW000${index + 1}`
  await fillVehicle(open, {
    ticket,
    wantsGrams,
    plate,
    retestValidUntil: '2031-03-31',
  })
  return grams((await weigh()) - before)
}

function afterTheFirstGram(open: OpenStation): Promise<PlayedScan> {
  return playScan(open, {
    ...inWindow(open),
    id: 'P16',
    given: 'same token after the gas',
    by: 'camera',
    lane: 1,
    expected: 'USED',
  })
}

function bothLanes(open: OpenStation): Promise<readonly PlayedScan[]> {
  return playAtBothLanes(open, {
    id: 'P16',
    given: 'one token, two lanes at once',
    text: open.seeded.atTwoLanes.token,
  })
}
