import { bookableGas, bookableWork } from '@baari/shared/domain/slots/bookable'
import { takingSpan } from '@baari/shared/domain/slots/taking-plan'
import { cellStarts, horizon } from '@baari/shared/domain/slots/windows'
import type { Clock } from '@baari/shared/runtime/clock'
import { slotStart } from '@baari/shared/units/ist-calendar'
import { grams, noGrams } from '@baari/shared/units/mass'
import { after } from '@baari/shared/units/time'
import { milliMinutes, shareOf, type PerMille } from '@baari/shared/units/work'
import type { CellGrants, Stations, StationView } from '../../ports/stations.ts'

export type SeedDeps = {
  readonly stations: Stations
  readonly grants: CellGrants
  readonly clock: Clock
  /** Share of the bookable capacity the cloud may sell; the rest is the station's. */
  readonly cloudShare: PerMille
}

/**
 * Grants the rolling 24-hour horizon of every station, up to the last cell its last window may
 * take from. Idempotent: it runs at start and every five minutes in every process, and follows a
 * changed number of working positions.
 */
export async function seedCells({ stations, grants, clock, cloudShare }: SeedDeps): Promise<void> {
  const from = slotStart(clock.now())
  const cells = cellStarts(from, after(after(from, horizon), takingSpan))
  for (const station of await stations.list()) {
    const grant = grantOf(station, cloudShare)
    await grants.set(
      station.no,
      cells.map((start) => ({ start, ...grant })),
    )
  }
}

function grantOf(station: StationView, cloudShare: PerMille) {
  const work = bookableWork({ workingPositions: station.workingPositions })
  const gas = bookableGas({
    compressorGramsPerHour: station.compressorGramsPerHour,
    cascade: noGrams,
    walkIn: noGrams,
  })
  return {
    work: milliMinutes(shareOf(work, cloudShare)),
    gas: grams(shareOf(gas, cloudShare)),
  }
}
