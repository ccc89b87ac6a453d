import type { FillRecord } from '@baari/shared/contracts/http/edge-api'
import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import type { TicketId } from '@baari/shared/units/names'
import type { ForecourtCaller, SimulatedHead } from './forecourt-caller.ts'
import type { LiveFeed } from './live-feed.ts'
import type { NodeCaller } from './node-caller.ts'
import { waitUntil } from './wait-until.ts'

export type FillParts = {
  readonly node: NodeCaller
  readonly feed: LiveFeed
  readonly forecourt: ForecourtCaller
}

export type VehicleToFill = {
  readonly ticket: TicketId
  readonly wantsGrams: number
  /** Given when the station does not know the vehicle yet. */
  readonly plate: string
  readonly retestValidUntil: string
}

const patienceMs = 20_000

/**
 * One vehicle from its call to the settled sale, each act by whoever does it at a station: the
 * attendant says ready on the screen, the driver lifts the nozzle, gas flows, the nozzle goes back.
 */
export async function fillVehicle(parts: FillParts, vehicle: VehicleToFill): Promise<FillRecord> {
  const { node, feed, forecourt } = parts
  const { ticket, wantsGrams } = vehicle
  const called = await feed.until(`a call of ${ticket}`, (view) => callOf(view, ticket))
  if (called.ticket?.needsDetails === true) {
    const { plate, retestValidUntil } = vehicle
    await node.details(ticket, { plate, retestValidUntil })
  }
  const no = called.no
  await forecourt.arrives(no, wantsGrams)
  await node.ready(no)
  await drawGas(parts, no, wantsGrams)
  return waitUntil({ what: `the sale of ${ticket}`, withinMs: patienceMs }, async () =>
    (await node.fills()).find((fill) => fill.ticket === ticket && fill.settledAtMs !== null),
  )
}

/** The driver's part at an authorised position: lift, fill, hang up, drive off. */
async function drawGas(
  parts: Pick<FillParts, 'forecourt'>,
  position: number,
  wantsGrams: number,
): Promise<void> {
  const { forecourt } = parts
  await headUntil(parts, position, ({ state }) => state === 'authorised')
  await forecourt.liftNozzle(position)
  await headUntil(parts, position, ({ saleGrams }) => saleGrams >= wantsGrams)
  await forecourt.hangUp(position)
  await forecourt.leaves(position)
}

function callOf(view: StationView, ticket: TicketId): PositionView | undefined {
  return view.positions.find((one) => one.state === 'called' && one.ticket?.id === ticket)
}

/** Waits until the simulated head of a position has the property. */
async function headUntil(
  { forecourt }: Pick<FillParts, 'forecourt'>,
  position: number,
  is: (head: SimulatedHead) => boolean,
): Promise<SimulatedHead> {
  return waitUntil({ what: `position ${position}`, withinMs: patienceMs }, async () => {
    const head = (await forecourt.heads()).find((one) => one.position === position)
    if (head !== undefined && is(head)) return head
    // The last words of a wait that was in vain.
    throw new Error(`last seen ${JSON.stringify(head)}`)
  })
}
