import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { hash } from '@node-rs/argon2'
import { testCodeMac, testPublicKey, testSigner, testVerify } from '@baari/shared/testing/test-keys'
import type { KeySet } from '@baari/shared/domain/keys/key-set'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { laneNo, stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import { err, ok } from '@baari/shared/faults/result'
import { openPhotoFiles } from '../../src/adapters/ledger/photo-files.ts'
import { checkPin } from '../../src/adapters/system/pin-check.ts'
import { systemIds } from '../../src/adapters/system/system-ids.ts'
import { booksDesk } from '../../src/app/desk/books-desk.ts'
import { entryDesk } from '../../src/app/desk/entry-desk.ts'
import type { Forecourt } from '../../src/app/desk/forecourt.ts'
import { peopleDesk } from '../../src/app/desk/people-desk.ts'
import { withOwnKey } from '../../src/app/keys/own-key.ts'
import { ownIssuer } from '../../src/adapters/system/own-issuer.ts'
import type { StationKeys } from '../../src/adapters/system/station-keys.ts'
import { papersDesk, type PapersDeskParts } from '../../src/app/desk/papers-desk.ts'
import { windowsDesk } from '../../src/app/desk/windows-desk.ts'
import { vehiclesDesk } from '../../src/app/desk/vehicles-desk.ts'
import { placesDesk } from '../../src/app/desk/places-desk.ts'
import type { AcceptScanParts } from '../../src/app/scan/accept-scan.ts'
import { readScan } from '../../src/app/scan/read-scan.ts'
import type { PositionFacts } from '../../src/domain/position/position-facts.ts'
import { ledgerFault, LedgerFailure } from '../../src/ports/ledger-failure.ts'
import type { DeskLedger } from '../../src/app/desk/desk-commands.ts'
import { doorOf, type Door } from './door.ts'
import { countedMetrics, keptLog } from './silent-parts.ts'
import { asha, bothFree, insert, meera, stationWorld, type World } from './station-world.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

export const ashasPin = '4821'
export const meerasPin = '739105'
export const kStation = new Uint8Array(32).fill(7)

/** Writes down what the positions are asked to do; the controllers have their own tests. */
export function notedForecourt(facts: readonly PositionFacts[]): {
  readonly forecourt: Forecourt
  readonly acts: { readonly act: string; readonly with: unknown }[]
} {
  const acts: { act: string; with: unknown }[] = []
  const note =
    (act: string) =>
    (given: unknown): ReturnType<Forecourt['ready']> => {
      acts.push({ act, with: given })
      return ok(null)
    }
  return {
    acts,
    forecourt: {
      facts: () => facts,
      carryOut: (calls) => calls.length > 0 && void note('call')(calls),
      release: (ticket) => void note('release')(ticket),
      ready: note('ready'),
      stop: note('stop'),
      close: note('close'),
      open: note('open'),
      meterCleared: (position) => void note('meterCleared')(position),
      onTurn: () => () => undefined,
      onChange: () => () => undefined,
      onFlow: () => () => undefined,
    },
  }
}

export type OpenStation = {
  /** Where its photos are kept. */
  readonly photoFolder: string
  readonly world: World
  readonly door: Door
  readonly scans: AcceptScanParts
  readonly acts: readonly { readonly act: string; readonly with: unknown }[]
  /** Scans told to the screens. */
  readonly told: readonly { readonly verdict: string }[]
  /** How often a person has opened the link. */
  reopened(): number
  signIn(attendant: string, pin: string): Promise<Response>
  /** Cookie of a signed-in attendant. */
  cookie(attendant: string, pin: string): Promise<string>
}

const signer = testSigner(128, 'station 42')

/** Keys as enrolment leaves them: the station's own kid and K_station. */
const stationKeys: StationKeys = {
  kid: signer.kid,
  publicKey: testPublicKey('station 42'),
  kStation,
  anchors: [],
  wrapKey: '',
  unwrap: () => err('malformed'),
  sign: (message) => signer.sign(message),
}

const keySet: KeySet = {
  version: 1,
  issuedAtMs: instant(1_700_000_000_000),
  validUntilMs: instant(1_900_000_000_000),
  keys: [
    {
      kid: 0,
      publicKey: testPublicKey('kid 0'),
      notBefore: instant(1_600_000_000_000),
      notAfter: instant(1_900_000_000_000),
    },
  ],
  denied: [],
}

type Opening = {
  readonly broken?: boolean
  readonly uplink?: string
  /** What the bank shows; nobody measures it otherwise. */
  readonly bankMbar?: number
  readonly print?: PapersDeskParts['print']
}

/**
 * A whole station in memory: real commands over the real schema, the real desk, the real doors.
 * `broken` makes every command fail as a full disk would.
 */
export async function openStation({
  broken = false,
  uplink = 'idle',
  bankMbar,
  print = null,
}: Opening = {}): Promise<OpenStation> {
  let reopened = 0
  const world = await stationWorld()
  await addPeople(world)
  const { forecourt, acts } = notedForecourt(bothFree)
  const told: { verdict: string }[] = []
  const ledger: DeskLedger = broken
    ? { run: () => Promise.reject(new LedgerFailure(ledgerFault('disk_full', 'no room'))) }
    : world.ledger
  const stationTime = { at: world.now(), mono: mono(0), trusted: true }
  const scans: AcceptScanParts = {
    ledger,
    forecourt,
    live: { scanned: (view) => void told.push(view) },
    read: (text) =>
      readScan(text, {
        station: stationNo(42),
        now: world.now(),
        keySet: withOwnKey(keySet, { ...stationKeys, station: stationNo(42) }),
        verify: ({ publicKey, message, signature }) =>
          testVerify(publicKey, { signed: message, signature }),
        kStation,
        mac: testCodeMac,
      }),
    linkUp: () => false,
    clock: {
      now: () => ({ ...stationTime, at: world.now() }),
      learn: () => undefined,
      restore: () => undefined,
      wallErrorMs: () => null,
    },
    ids: countingIds(7),
    metrics: countedMetrics().metrics,
    log: keptLog().log,
  }
  const folder = mkdtempSync(join(tmpdir(), 'baari-photos-'))
  folders.push(folder)
  const photos = await openPhotoFiles({ folder, mostBytes: 1_000_000, reserveFree: () => true })
  const door = doorOf({
    people: peopleDesk({ ledger, checkPin, ids: systemIds() }),
    entry: entryDesk({
      scans,
      ledger,
      forecourt,
      checkPin,
      lanes: new Set([1, 2, 9].map(laneNo)),
      gas: () => (bankMbar === undefined ? null : { bankMbar, vehiclesPerHour: null }),
    }),
    service: () => ({ lines: [], devices: [], readings: [], faults: [] }),
    papers: papersDesk({
      ...{ ledger, stationName: 'Simulated station', print },
      issuer: ownIssuer(stationKeys),
      dispenserAt: () => 'd1',
    }),
    windows: windowsDesk({
      ledger,
      link: () => ({ up: false, lastExchangeMs: null }),
      issuer: ownIssuer(stationKeys),
      ids: countingIds(8),
      borrow: () => Promise.resolve(),
    }),
    places: placesDesk({
      ...{ ledger, forecourt, checkPin },
      resetTrip: () => Promise.resolve(false),
    }),
    vehicles: vehiclesDesk({ ledger, checkPin, photos }),
    books: booksDesk({
      ledger,
      link: () => ({ up: false, lastExchangeMs: null, uplink }),
      checkPin,
      reopenLink: () => void (reopened += 1),
    }),
  })
  const signIn = (attendant: string, pin: string): Promise<Response> =>
    door.write('/v1/sign-in', { attendant, pin }, { cookie: null, 'idempotency-key': null })
  return {
    photoFolder: folder,
    reopened: () => reopened,
    world,
    door,
    scans,
    acts,
    told,
    signIn,
    async cookie(attendant, pin) {
      const response = await signIn(attendant, pin)
      return response.headers.get('set-cookie')?.split(';')[0] ?? ''
    },
  }
}

/** Cheap hashes: the cost is argon2's business, the way through the ledger is ours. */
async function addPeople(world: World): Promise<void> {
  const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 }
  const people = [
    { id: asha, name: 'Asha', role: 'attendant', pin: ashasPin },
    { id: meera, name: 'Meera', role: 'manager', pin: meerasPin },
  ]
  for (const { id, name, role, pin } of people)
    insert(world.db, 'attendant', {
      id,
      station_no: 42,
      name,
      role,
      pin_hash: await hash(pin, cheap),
      active: 1,
    })
}
