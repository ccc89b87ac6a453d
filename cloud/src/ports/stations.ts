import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import type { PositionNozzles } from '@baari/shared/domain/slots/nozzle-match'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { NozzleType, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { SupplyCut } from '../domain/booking/supply-cut.ts'

export type StationView = {
  readonly no: StationNo
  readonly name: string
  readonly address: string
  readonly open: boolean
  readonly nozzles: readonly NozzleType[]
  readonly workingPositions: number
  /** Nozzle types of each working position. */
  readonly positions: PositionNozzles
  /** The supply cut that is open there. */
  readonly cut: SupplyCut | undefined
}

export type Stations = {
  list(): Promise<readonly StationView[]>
  find(no: StationNo): Promise<StationView | undefined>
  /** Price in force at `at`; undefined while the station has none. */
  priceAt(no: StationNo, at: Instant): Promise<PaisePerKg | undefined>
  /** Time at a position by class, as the station has learned it. */
  classMinutes(no: StationNo): Promise<ClassMinutes>
  /** The supply cut that is open there. */
  supplyCut(no: StationNo): Promise<SupplyCut | undefined>
  /** Secret of the nine-digit codes, 32 bytes; undefined before enrolment. */
  codeSecret(no: StationNo): Promise<Uint8Array | undefined>
}
