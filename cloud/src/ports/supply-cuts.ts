import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { SupplyCut } from '../domain/booking/supply-cut.ts'

export type SupplyCuts = {
  /** Opens the station's incident, or moves the end of the one that is open. */
  declare(cut: SupplyCut & { readonly by: string; readonly now: Instant }): Promise<SupplyCut>
  /** Gas is back: the incident ends. False when none is open. */
  end(station: StationNo, now: Instant): Promise<boolean>
  open(station: StationNo): Promise<SupplyCut | undefined>
  /** Open cuts whose next wave is due, each moved on for this caller alone. */
  takeWaves(of: {
    readonly now: Instant
    readonly next: Instant
    readonly limit: number
  }): Promise<readonly SupplyCut[]>
  /** Ends the incidents whose end has come. */
  endOver(now: Instant): Promise<void>
}
