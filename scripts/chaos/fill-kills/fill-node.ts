import { dirname } from 'node:path'
import { dispenserNozzle } from '@baari/edge/adapters/devices/dispenser-nozzle'
import { startLedgerThread } from '@baari/edge/adapters/ledger/ledger-client'
import { parseStationFile } from '@baari/edge/adapters/station-file/parse-station-file'
import { readDeviceLogin } from '@baari/edge/adapters/system/device-logins'
import { systemIds } from '@baari/edge/adapters/system/system-ids'
import { assertBooks } from '@baari/edge/app/fill/fill-books-check'
import { PositionController } from '@baari/edge/app/position/position-controller'
import { startLines, type Lines } from '@baari/edge/compose/start-lines'
import { isAtRest } from '@baari/edge/domain/position/device-look'
import { nozzleNo } from '@baari/edge/domain/position/nozzle'
import type { Ledger, StationNow } from '@baari/edge/ports/ledger'
import type { NozzleDevice } from '@baari/edge/ports/nozzle-device'
import type { DispenserPlan, StationPlan } from '@baari/edge/ports/station-plan'
import type { Dispenser } from '@baari/hardware/ports/dispenser'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { pause } from '@baari/shared/runtime/clock'
import { assert, present } from '@baari/shared/faults/assert'
import { grams } from '@baari/shared/units/mass'
import { laneNo, stationNo } from '@baari/shared/units/names'
import { millis, seconds } from '@baari/shared/units/time'
import { readFileSync } from 'node:fs'
import type { KillCommands } from './fill-commands.ts'
import { killSettings } from './fill-settings.ts'

/**
 * The smallest node that fills: ledger thread, position controllers and the real drivers over TCP,
 * without HTTP. In mode `run` a vehicle comes to each free position; in mode `check` none does, and
 * the node ends when every nozzle is at rest and its books are closed.
 */
type Line = { readonly event: string; readonly [key: string]: unknown }

const clock = systemClock()
const ids = systemIds()
const checking = process.env['BAARI_KILL_MODE'] === 'check'
const checkWithin = seconds(60)
let authorises = 0

function say(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function stationNow(): StationNow {
  return { at: clock.now(), mono: clock.mono(), trusted: true }
}

async function openLedger(): Promise<Ledger<KillCommands>> {
  return startLedgerThread<KillCommands>({
    script: new URL('./fill-ledger-thread.ts', import.meta.url),
    at: {
      file: present(process.env['BAARI_KILL_LEDGER'], 'BAARI_KILL_LEDGER'),
      station: stationNo(42),
      boot: ids.hex(8),
      instance: ids.uuid(),
      version: 'chaos',
      now: stationNow(),
    },
    clock,
    now: stationNow,
    onFailure: (failure) => {
      say({ event: 'ledger-failed', hint: failure.message })
      process.exit(3)
    },
  })
}

function stationPlan(): StationPlan {
  const file = present(process.env['BAARI_KILL_STATION_FILE'], 'BAARI_KILL_STATION_FILE')
  const parsed = parseStationFile(readFileSync(file, 'utf8'))
  assert(parsed.ok, `the station file of the run: ${JSON.stringify(parsed)}`)
  return parsed.value
}

/** Lines and drivers as the real node wires them. */
async function openDispensers(plan: StationPlan): Promise<Lines['dispensers']> {
  const log = (): void => undefined
  const metrics = { gauge: (): void => undefined }
  const file = present(process.env['BAARI_KILL_LOGINS_FILE'], 'BAARI_KILL_LOGINS_FILE')
  const login = (name: string) => readDeviceLogin(file, name)
  const dataFolder = dirname(file)
  return (await startLines({ plan, login, clock, log, metrics, dataFolder })).dispensers
}

/** Counts what the run is about: an authorise that really goes out. */
function counted(device: NozzleDevice): NozzleDevice {
  return {
    ...device,
    authorise: (order) => {
      authorises += 1
      say({ event: 'authorise', fill: order.fill })
      return device.authorise(order)
    },
  }
}

type Place = { readonly controller: PositionController; readonly device: NozzleDevice }

function placeOf(plan: DispenserPlan, dispenser: Dispenser, ledger: Ledger<KillCommands>): Place {
  const nozzle = present(dispenser.nozzles[0], 'a nozzle')
  const device = counted(dispenserNozzle(dispenser, nozzle))
  const { position: no, total } = present(plan.nozzles[0], 'a nozzle in the station file')
  const setup = {
    position: no,
    nozzle: nozzleNo(1),
    type: 'ngv1' as const,
    meter: {
      widthGrams: total.widthGrams,
      maxFlowGramsPerS: grams(5_000),
      countGrams: grams(total.unitGrams),
    },
    toleranceGrams: grams(200),
  }
  const controller = new PositionController({
    no,
    lane: laneNo(1),
    nozzles: [{ setup, device }],
    mayControl: true,
    usualGrams: grams(3_000),
    times: { authoriseWithinMs: seconds(3), quietMs: millis(200), retryMs: millis(200) },
    ledger: () => ledger,
    clock,
    ids,
    safety: () => ({
      safety: { esd: null, gas: [], bank: null },
      tripLatched: false,
      attendantSignedIn: true,
      configurationVerified: true,
      diskReserveFree: true,
    }),
    onChange: () => undefined,
    onCalls: () => undefined,
    onAlarm: (position, code) => say({ event: 'alarm', position, code }),
    onRefused: (position, no) => say({ event: 'refused', position, no }),
    onLedgerLost: (cause) => say({ event: 'ledger-lost', cause: String(cause) }),
    onRecovered: (position, row, next) => say({ event: 'recovery', position, row, next }),
  })
  return { controller, device }
}

async function serve(ledger: Ledger<KillCommands>, places: readonly Place[]): Promise<never> {
  for (;;) {
    for (const { controller } of places) {
      const { state, no } = controller.facts()
      if (state !== 'free') continue
      const ticket = await ledger.run('kills.arrive', { position: no })
      controller.call({ ticket, staged: false })
      controller.ready(null)
    }
    await pause(clock, { name: 'next vehicle', delay: millis(50) })
  }
}

/** At rest, closed and equal to the counter; anything else goes on until the bound. */
function quiet({ controller, device }: Place): boolean {
  const look = device.look()
  const { state } = controller.facts()
  return isAtRest(look) && (state === 'free' || state === 'called')
}

async function check(ledger: Ledger<KillCommands>, places: readonly Place[]): Promise<void> {
  const until = clock.mono() + checkWithin
  let calm = 0
  while (calm < 5 && clock.mono() < until) {
    calm = places.every(quiet) ? calm + 1 : 0
    await pause(clock, { name: 'quiet', delay: millis(100) })
  }
  const facts = places.map(({ controller }) => controller.facts())
  const books = await ledger.run('fill.books', {})
  say({ event: 'report', calm: calm >= 5, authorises, facts, books })
  await ledger.close()
  process.exit(0)
}

async function main(): Promise<void> {
  const ledger = await openLedger()
  const plan = stationPlan()
  await ledger.run('station.configure', killSettings(plan.dispensers.length))
  assertBooks(await ledger.run('fill.books', {}))
  const dispensers = await openDispensers(plan)
  const places = plan.dispensers.map((device) =>
    placeOf(device, present(dispensers.get(device.id), device.id), ledger),
  )
  say({ event: 'recovering' })
  await Promise.all(places.map(({ controller }) => controller.recover(null)))
  say({ event: 'recovered' })
  await (checking ? check(ledger, places) : serve(ledger, places))
}

await main()
