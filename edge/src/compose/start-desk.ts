import type { KeySet } from '@baari/shared/domain/keys/key-set'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Commands } from '../app/commands.ts'
import { codeMac } from '../adapters/system/mac.ts'
import { ownIssuer } from '../adapters/system/own-issuer.ts'
import { checkPin } from '../adapters/system/pin-check.ts'
import type { StationKeys } from '../adapters/system/station-keys.ts'
import { booksDesk } from '../app/desk/books-desk.ts'
import type { DeskCommands, LinkFacts } from '../app/desk/desk-commands.ts'
import { entryDesk, type EntryDeskParts } from '../app/desk/entry-desk.ts'
import type { Forecourt } from '../app/desk/forecourt.ts'
import { papersDesk, type PapersDeskParts } from '../app/desk/papers-desk.ts'
import { windowsDesk, type WindowsDeskParts } from '../app/desk/windows-desk.ts'
import { withOwnKey } from '../app/keys/own-key.ts'
import { placesDesk, type PlacesDeskParts } from '../app/desk/places-desk.ts'
import { vehiclesDesk } from '../app/desk/vehicles-desk.ts'
import type { Photos } from '../ports/photos.ts'
import type { AcceptScanParts } from '../app/scan/accept-scan.ts'
import type { ServiceBook } from '../app/service/service-book.ts'
import { readScan, type Verify } from '../app/scan/read-scan.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Live } from '../ports/live.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { StationClock } from '../ports/station-clock.ts'
import type { People, StationDesk } from '../ports/station-desk.ts'
import type { StationPlan } from '../ports/station-plan.ts'

type Offering<C extends DeskCommands> = C
/** Does not compile when a command the desk asks for is missing or answers something else. */
type OfferedToDesk = Offering<Commands>

export type StartDesk = {
  readonly plan: StationPlan
  readonly ledger: Ledger<OfferedToDesk>
  readonly forecourt: Forecourt
  readonly resetTrip: PlacesDeskParts['resetTrip']
  readonly gas: NonNullable<EntryDeskParts['gas']>
  readonly onWalkIn: NonNullable<EntryDeskParts['onWalkIn']>
  readonly live: Live
  readonly link: () => LinkFacts
  readonly lease: Pick<WindowsDeskParts, 'borrow'>
  readonly reopenLink: () => void
  readonly keySet: () => KeySet | undefined
  readonly keys: StationKeys
  readonly verify: Verify
  readonly clock: StationClock
  readonly people: People
  readonly ids: IdSource
  readonly metrics: Metrics
  readonly log: Log
  readonly service: Pick<ServiceBook, 'view'>
  readonly print: PapersDeskParts['print']
  readonly photos: Photos
}

/** The desk, and the way of a scan that scanners share with it. */
export function startDesk(parts: StartDesk): {
  readonly desk: StationDesk
  readonly scans: AcceptScanParts
} {
  const { plan, ledger, forecourt, link, clock, keys } = parts
  const scans: AcceptScanParts = {
    ...parts,
    linkUp: () => link().up,
    read: (text) =>
      readScan(text, {
        station: plan.station.no,
        now: clock.now().at,
        keySet: withOwnKey(parts.keySet(), { ...keys, station: plan.station.no }),
        verify: parts.verify,
        kStation: keys.kStation,
        mac: codeMac,
      }),
  }
  const lanes = new Set(plan.lanes.map(({ no }) => no))
  return {
    scans,
    desk: {
      people: parts.people,
      entry: entryDesk({
        ...{ scans, ledger, forecourt, checkPin, lanes },
        gas: parts.gas,
        onWalkIn: parts.onWalkIn,
      }),
      windows: windowsDesk({
        ...{ ledger, link, ids: parts.ids },
        issuer: ownIssuer(keys),
        borrow: (wish) => parts.lease.borrow(wish),
      }),
      vehicles: vehiclesDesk({ ledger, checkPin, photos: parts.photos }),
      places: placesDesk({ ledger, forecourt, checkPin, resetTrip: parts.resetTrip }),
      books: booksDesk({ ledger, link, checkPin, reopenLink: parts.reopenLink }),
      papers: papersDesk({
        ...{ ledger, issuer: ownIssuer(keys), print: parts.print },
        stationName: plan.station.name,
        dispenserAt: (position) =>
          plan.dispensers.find(({ nozzles }) => nozzles.some((one) => one.position === position))
            ?.id ?? '',
      }),
      service: () => parts.service.view(),
    },
  }
}
