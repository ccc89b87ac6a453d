import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { NozzleType, StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { MilliMinutes } from '@baari/shared/units/work'

export type StationView = {
  readonly no: StationNo
  readonly name: string
  readonly address: string
  readonly open: boolean
  readonly nozzles: readonly NozzleType[]
  readonly workingPositions: number
  readonly compressorGramsPerHour: Grams
}

export type Stations = {
  list(): Promise<readonly StationView[]>
  find(no: StationNo): Promise<StationView | undefined>
  /** Price in force at `at`; undefined while the station has none. */
  priceAt(no: StationNo, at: Instant): Promise<PaisePerKg | undefined>
  /** Secret of the nine-digit codes, 32 bytes; undefined before enrolment. */
  codeSecret(no: StationNo): Promise<Uint8Array | undefined>
}

export type CellGrant = {
  readonly start: Instant
  readonly work: MilliMinutes
  readonly gas: Grams
}

export type CellGrants = {
  /**
   * Sets what is granted in these cells, making missing ones. What is already sold stays sold: a
   * shrink shows as *over*. Repeating it changes nothing.
   */
  set(station: StationNo, grants: readonly CellGrant[]): Promise<void>
}
