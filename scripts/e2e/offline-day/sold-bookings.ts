import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import { minutes } from '@baari/shared/units/time'
import { slotMs } from '@baari/shared/units/ist-calendar'
import type { DriverCaller } from '../../clients/cloud-caller.ts'

export type SoldBookings = {
  /** Start less than twenty minutes from now: a vehicle that comes now is a go-show (P30). */
  readonly goShows: readonly Booking[]
  readonly inAnHour: Booking
  /** From here on the go-shows are no longer too early. */
  readonly goShowsFromMs: number
}

/** The cloud sells from s−15; some time passes between choosing a window and its sale. */
const saleMargin = 5_000

/** What two drivers book through the cloud's own doors before the line breaks: three a phone at most. */
export async function sellBookings(
  [one, other]: readonly [DriverCaller, DriverCaller],
  station: number,
): Promise<SoldBookings> {
  const soon = gridUp(Date.now() + minutes(15) + saleMargin)
  const book = async (
    driver: DriverCaller,
    plate: string,
    windowStartMs: number,
  ): Promise<Booking> => {
    const { id } = await driver.addVehicle({
      plate,
      vehicleClass: 'auto',
      retestValidUntil: '2031-03-31',
    })
    return driver.book({ station, windowStartMs, vehicle: id, grams: 4_000 })
  }
  return {
    goShows: [
      await book(one, 'GJ01SB0001', soon),
      await book(one, 'GJ01SB0002', soon),
      await book(one, 'GJ01SB0003', soon),
      await book(other, 'GJ01SB0004', soon),
    ],
    inAnHour: await book(other, 'GJ01SB0005', gridUp(Date.now() + minutes(60))),
    goShowsFromMs: soon - minutes(20),
  }
}

function gridUp(ms: number): number {
  return Math.ceil(ms / slotMs) * slotMs
}
