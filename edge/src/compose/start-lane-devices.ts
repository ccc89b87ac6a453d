import { barrierConfigSchema } from '@baari/hardware/drivers/baari-barrier/manifest'
import { createBaariBarrier } from '@baari/hardware/drivers/baari-barrier/baari-barrier'
import { createBaariDisplay } from '@baari/hardware/drivers/baari-display/baari-display'
import { displayConfigSchema } from '@baari/hardware/drivers/baari-display/manifest'
import { createEscPosPrinter } from '@baari/hardware/drivers/escpos/escpos-printer'
import { escPosConfigSchema } from '@baari/hardware/drivers/escpos/manifest'
import type { Barrier } from '@baari/hardware/ports/barrier'
import { mostCallsShown, type Display, type LanePage } from '@baari/hardware/ports/display'
import type { Printer } from '@baari/hardware/ports/printer'
import { createLaneCodec } from '@baari/hardware/protocols/baari-lane/codec'
import {
  signLabel,
  type LaneReply,
  type LaneRequest,
} from '@baari/hardware/protocols/baari-lane/messages'
import { createBus } from '@baari/hardware/transports/bus'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import { claimsUse } from '@baari/shared/domain/check-in/verdict'
import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { LaneNo } from '@baari/shared/units/names'
import { seconds } from '@baari/shared/units/time'
import type { WalkInGiven } from '../app/desk/entry-desk.ts'
import { startThreadCall } from '../adapters/thread/thread-call.ts'
import type { PrintPage } from '../ports/paper.ts'
import { laneGate, type LaneGate } from '../app/lane/lane-gate.ts'
import { numberPaper } from '../app/lane/number-paper.ts'
import { signPage, type SignPage } from '../app/lane/sign-page.ts'
import type { ServiceBook } from '../app/service/service-book.ts'
import { repeatTask } from '../app/repeat-task.ts'
import type { Live } from '../ports/live.ts'
import type { LaneDevicePlan, OwnLinePlan, StationPlan } from '../ports/station-plan.ts'
import { lineOfBus, serveLine } from './line-of-bus.ts'
import { openLine, type LineParts } from './open-line.ts'
import { served } from './served.ts'
import type { Station } from './start-station.ts'

export type StartLaneDevices = LineParts & {
  readonly plan: Pick<StationPlan, 'station' | 'displays' | 'barriers' | 'printers'>
  readonly station: Pick<Station, 'tripped' | 'onSafety' | 'forecourt'>
  readonly service: ServiceBook
  readonly readView: () => Promise<StationView>
}

export type LaneDevices = {
  /** The same stream, whose admitted scans also open the barrier of their lane; calls do it alone. */
  alongside(live: Live): Live
  /** Resolves when a page is on paper; null when the station has no printer. */
  readonly print: ((page: PrintPage) => Promise<Result<unknown, Fault>>) | null
  /** Puts a walk-in's number on paper, when the station has a printer; returns at once. */
  printNumber(given: WalkInGiven): void
  stop(): Promise<void>
}

/** Signs, barriers and the printer: they show and do what was decided, and decide nothing. */
export async function startLaneDevices(parts: StartLaneDevices): Promise<LaneDevices> {
  const { plan } = parts
  const displays = await Promise.all(plan.displays.map((display) => openDisplay(display, parts)))
  const barriers = await Promise.all(plan.barriers.map((barrier) => openBarrier(barrier, parts)))
  const printers = await Promise.all(plan.printers.map((printer) => openPrinter(printer, parts)))
  const devices = [...displays, ...barriers, ...printers]
  for (const display of displays) parts.service.device(served('sign', display))
  for (const barrier of barriers) parts.service.device(served('barrier', barrier))
  for (const printer of printers) parts.service.device(served('printer', printer))
  for (const device of devices) {
    device.onFault(() => parts.service.look())
    await device.start()
  }
  const signs = followView(displays, parts)
  const gate = gateOf(barriers, parts)
  const off = parts.station.forecourt.onTurn(gate)
  return {
    alongside: (live) => ({
      changed: () => live.changed(),
      open: () => live.open(),
      openBoard: () => live.openBoard(),
      close: () => live.close(),
      scanned(scan) {
        live.scanned(scan)
        if (claimsUse(scan.verdict) && scan.ticket) gate.admitted(scan.ticket.id, scan.lane)
      },
    }),
    print: printerOf(printers),
    printNumber(given) {
      const [printer] = printers
      if (!printer) return
      const { name } = plan.station
      void printer.print(numberPaper(given, { name, now: parts.clock.now() }))
    },
    async stop() {
      off()
      signs.stop()
      await Promise.all(devices.map((device) => device.dispose('the node stops')))
    },
  }
}

function printerOf([printer]: readonly Printer[]): LaneDevices['print'] {
  return printer === undefined ? null : (page) => printer.print(page)
}

/** Every sign follows the view; a view that cannot be read closes them (L01). */
function followView(displays: readonly Display[], parts: StartLaneDevices): { stop(): void } {
  const { station, readView } = parts
  if (displays.length === 0) return { stop: () => undefined }
  const task = repeatTask(parts, {
    name: 'signs shown',
    every: seconds(2),
    async run() {
      const view = await readView().catch(() => null)
      await Promise.all(
        displays.map((display) => {
          const tripped = station.tripped()
          const page: SignPage =
            view === null
              ? { kind: 'closed' }
              : signPage(display.lane, { positions: view.positions, tripped })
          return display.show(lanePage(page))
        }),
      )
    },
  })
  station.onSafety(() => task.now())
  const off = station.forecourt.onChange(() => task.now())
  return {
    stop() {
      off()
      task.stop()
    },
  }
}

function lanePage(page: SignPage): LanePage {
  if (page.kind !== 'calls') return page
  const calls = page.calls.slice(0, mostCallsShown)
  return {
    kind: 'calls',
    calls: calls.map(({ label, position }) => ({ label: signLabel(label), position })),
  }
}

/** Who is admitted or called may come in; the boom closes behind the vehicle by its own loop. */
function gateOf(barriers: readonly Barrier[], { station, log }: StartLaneDevices): LaneGate {
  const move = (lane: LaneNo, to: 'open' | 'close'): void => {
    for (const barrier of barriers.filter((one) => one.lane === lane))
      void barrier[to]().then((moved) => {
        if (moved.ok) return
        const { code, hint } = moved.error
        const event = to === 'open' ? 'barrier not opened' : 'barrier not closed'
        log({ level: 'warn', event, fields: { barrier: barrier.id, code, hint } })
      })
  }
  return laneGate({
    laneOf: (position) => station.forecourt.facts().find(({ no }) => no === position)?.lane,
    open: (lane) => move(lane, 'open'),
    close: (lane) => move(lane, 'close'),
  })
}

async function laneBus(plan: OwnLinePlan, parts: StartLaneDevices) {
  const { pipe, baud } = await ownLine(plan, { answers: true }, parts)
  const { clock } = parts
  const bus = createBus<LaneRequest, LaneReply>({
    ...{ name: plan.id, pipe, clock, codec: createLaneCodec() },
    timing: { baud, bitsPerChar: 10 },
  })
  serveLine(`${plan.id} line`, lineOfBus(bus), parts.service)
  bus.start()
  return bus
}

async function ownLine(
  { id, link, record }: OwnLinePlan,
  { answers }: { readonly answers: boolean },
  parts: StartLaneDevices,
) {
  const baud = link.kind === 'serial' ? link.baud : 115_200
  const settings = { baud, parity: 'none', stopBits: 1 } as const
  return { pipe: await openLine({ id, link, settings, record, answers }, parts), baud }
}

async function openDisplay(plan: LaneDevicePlan, parts: StartLaneDevices): Promise<Display> {
  const { id, lane } = plan
  const bus = await laneBus(plan, parts)
  const display = createBaariDisplay(displayConfigSchema.parse({ id, lane }), { ...parts, bus })
  return closing(display, () => bus.close())
}

async function openBarrier(plan: LaneDevicePlan, parts: StartLaneDevices): Promise<Barrier> {
  const { id, lane } = plan
  const bus = await laneBus(plan, parts)
  const barrier = createBaariBarrier(barrierConfigSchema.parse({ id, lane }), {
    ...{ ...parts, bus },
    interlockFree: () => !parts.station.tripped(),
  })
  return closing(barrier, () => bus.close())
}

async function openPrinter(plan: OwnLinePlan, parts: StartLaneDevices): Promise<Printer> {
  const { pipe } = await ownLine(plan, { answers: false }, parts)
  const config = escPosConfigSchema.parse({ id: plan.id })
  const script = new URL('./draw-thread.ts', import.meta.url)
  const thread = startThreadCall<PrintPage, Uint8Array>({ script, clock: parts.clock })
  const printer = createEscPosPrinter(config, {
    ...{ ...parts, pipe },
    encode: (page) => thread.call(page),
  })
  return closing(printer, () => thread.stop())
}

/** The device, whose line or thread ends with it. */
function closing<D extends Display | Barrier | Printer>(device: D, close: () => Promise<void>): D {
  const dispose = device.dispose.bind(device)
  device.dispose = async (reason) => {
    await dispose(reason)
    await close()
  }
  return device
}
