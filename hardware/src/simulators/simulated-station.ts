import { randomBytes } from 'node:crypto'
import type { Clock } from '@baari/shared/runtime/clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg, type PaisePerKg } from '@baari/shared/units/money'
import type { PositionNo } from '@baari/shared/units/names'
import { positionNo } from '@baari/shared/units/names'
import { millis, type Millis } from '@baari/shared/units/time'
import type { DispenserState } from '../ports/dispenser.ts'
import type { DigestLogin } from '../protocols/http-digest/digest.ts'
import { runForecourt } from './forecourt.ts'
import { headFamily, usualFamily } from './head-families.ts'
import type { HeadFamily } from './head-family.ts'
import { readWorld, writeWorld } from './saved-world.ts'
import { serveOnTcp, type TcpService } from './serve-on-tcp.ts'
import { SimulatedDispenser, type HeadFault } from './simulated-dispenser.ts'
import { SimulatedScanner } from './simulated-scanner.ts'

export type SimulatedStationOptions = {
  readonly positions: number
  /** Driver of the station file that speaks to these heads; our own Modbus map when absent. */
  readonly driver?: string
  readonly seed: number
  readonly clock: Clock
  /** Fixed ports on loopback; 0 or absent lets the system choose. */
  readonly ports?: { readonly bus?: number; readonly scanners?: readonly number[] }
  /** Scanners, one per lane; as many as positions when absent. */
  readonly lanes?: number
  readonly pricePaisePerKg?: PaisePerKg
  /** 150 g/s is a real head; tests take thousands. */
  readonly flowGramsPerSecond?: number
  readonly replyDelayMs?: Millis
  /** Lifts and hangs up nozzles by itself, as people do. */
  readonly autopilot?: boolean
  /** File that keeps totals, sequences and open sales over a restart of the world. */
  readonly worldFile?: string
  /** Who may ask the dispensers, where their protocol has logins; nobody when absent. */
  readonly login?: DigestLogin
}

/** One place where a vehicle is filled, as people and faults act on it. */
export type SimulatedPosition = {
  readonly position: PositionNo
  /** On its line, as its protocol counts addresses. */
  readonly address: number
  vehicleArrives(vehicle: { readonly wantsGrams: Grams }): void
  vehicleLeaves(): void
  liftNozzle(): void
  hangUp(): void
  setFault(fault: HeadFault): void
  setManualMode(manualMode: boolean): void
  powerCycle(): void
  replaceMeter(totaliserGrams: Grams): void
  state(): DispenserState
  totaliserGrams(): Grams
  saleGrams(): Grams
  /** Sales the head completed since it was made. */
  saleSequence(): number
  /** Authorises the head obeyed since this process began. */
  authorisations(): number
}

export type SimulatedStation = {
  /** The first line, and the only one where heads can share one. */
  readonly busPort: number
  readonly busPorts: readonly number[]
  readonly scannerPorts: readonly number[]
  readonly positions: readonly SimulatedPosition[]
  readonly scanners: readonly SimulatedScanner[]
  /** Breaks every line to the dispensers once, as a rebooting device server would. */
  dropBus(): void
  close(): Promise<void>
}

const saveEveryMs = 1_000

/** A station of byte-level simulators on loopback: lines with heads, and one scanner per lane. */
export async function startSimulatedStation(
  options: SimulatedStationOptions,
): Promise<SimulatedStation> {
  const { clock, ports, worldFile, login = unknownLogin() } = options
  const family = headFamily(options.driver ?? usualFamily)
  const dispensers = makeDispensers(options, family)
  const scanners = Array.from(
    { length: options.lanes ?? options.positions },
    () => new SimulatedScanner(),
  )
  const buses = await Promise.all(
    linesOf(dispensers, family).map((heads, index) =>
      family.serve({ heads, port: ports?.bus ? ports.bus + index : 0, clock, login }),
    ),
  )
  const scannerServices = await Promise.all(
    scanners.map((scanner, index) =>
      serveOnTcp({
        port: ports?.scanners?.[index] ?? 0,
        attach: (line) => scanner.attach(line),
      }),
    ),
  )
  const save = savingWorld(dispensers, { clock, worldFile })
  const forecourt = runForecourt({
    dispensers,
    clock,
    autopilot: options.autopilot === true ? seededPrng(options.seed) : undefined,
    onStep: save.now,
  })
  return {
    busPort: buses[0]?.port ?? 0,
    busPorts: buses.map((bus) => bus.port),
    scannerPorts: scannerServices.map((service) => service.port),
    positions: dispensers.map((dispenser, index) => positionOf(dispenser, index + 1)),
    scanners,
    dropBus: () => buses.forEach((bus) => bus.dropConnections()),
    close: async () => {
      forecourt.stop()
      save.always()
      await Promise.all(
        [...buses, ...scannerServices].map((service: TcpService) => service.close()),
      )
    },
  }
}

/** A login made for this run that nobody was told. */
function unknownLogin(): DigestLogin {
  return { user: 'nobody', password: randomBytes(16).toString('hex') }
}

/** Heads by line: all on one, or as many on each as its protocol can tell apart. */
function linesOf(
  heads: readonly SimulatedDispenser[],
  { headsPerLine }: HeadFamily,
): readonly (readonly SimulatedDispenser[])[] {
  const lines = Math.ceil(heads.length / headsPerLine)
  return Array.from({ length: lines }, (_, line) =>
    heads.slice(line * headsPerLine, (line + 1) * headsPerLine),
  )
}

function makeDispensers(
  options: SimulatedStationOptions,
  family: HeadFamily,
): readonly SimulatedDispenser[] {
  const { positions, seed, worldFile, flowGramsPerSecond, replyDelayMs } = options
  const world = worldFile === undefined ? null : readWorld(worldFile)
  return Array.from({ length: positions }, (_, index) => {
    const saved = world?.[index]
    return new SimulatedDispenser({
      address: family.addressOf(index + 1),
      prng: seededPrng(seed * 1_000 + index),
      totaliserGrams: grams(1_000_000 * (index + 1)),
      pricePaisePerKg: options.pricePaisePerKg ?? paisePerKg(7_900),
      limits: {
        ...family.limits,
        ...(flowGramsPerSecond === undefined ? {} : { flowGramsPerSecond }),
      },
      replyDelayMs: replyDelayMs ?? millis(6),
      ...(saved === undefined ? {} : { saved }),
    })
  })
}

/** Keeps the world's file at most a second old, and exact at the end. */
function savingWorld(
  dispensers: readonly SimulatedDispenser[],
  { clock, worldFile }: { readonly clock: Clock; readonly worldFile: string | undefined },
): { readonly now: () => void; readonly always: () => void } {
  let savedAtMs = clock.mono() - saveEveryMs
  const always = (): void => {
    if (worldFile === undefined) return
    savedAtMs = clock.mono()
    writeWorld(
      worldFile,
      dispensers.map((dispenser) => dispenser.save()),
    )
  }
  return { now: () => (clock.mono() - savedAtMs >= saveEveryMs ? always() : undefined), always }
}

function positionOf(dispenser: SimulatedDispenser, no: number): SimulatedPosition {
  return {
    position: positionNo(no),
    address: dispenser.address,
    vehicleArrives: ({ wantsGrams }) => dispenser.vehicleArrives(wantsGrams),
    vehicleLeaves: () => dispenser.vehicleLeaves(),
    liftNozzle: () => dispenser.liftNozzle(),
    hangUp: () => dispenser.hangUp(),
    setFault: (fault) => dispenser.setFault(fault),
    setManualMode: (manualMode) => dispenser.setManualMode(manualMode),
    powerCycle: () => dispenser.powerCycle(),
    replaceMeter: (totaliserGrams) => dispenser.replaceMeter(totaliserGrams),
    state: () => dispenser.state(),
    totaliserGrams: () => dispenser.totaliserGrams(),
    saleGrams: () => dispenser.saleGrams(),
    saleSequence: () => dispenser.model.sequence,
    authorisations: () => dispenser.authorisations,
  }
}
