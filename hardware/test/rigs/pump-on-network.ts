import { randomBytes } from 'node:crypto'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { createControllerLine } from '../../src/drivers/pts2/controller-line.ts'
import type { ControllerLine } from '../../src/drivers/pts2/controller-port.ts'
import { pts2ConfigSchema } from '../../src/drivers/pts2/manifest.ts'
import { createPts2Pump } from '../../src/drivers/pts2/pts2-pump.ts'
import type { MessageWire } from '../../src/ports/message-wire.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import {
  jsonPtsPath,
  serveController,
  webSocketPath,
  type SimulatedController,
} from '../../src/simulators/pts2-controller.ts'
import { pts2Heads } from '../../src/simulators/pts2-heads.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { createHttpWire } from '../../src/transports/http-wire.ts'
import type { PinnedPeer } from '../../src/transports/pinned-peer.ts'
import { createWebSocketWire } from '../../src/transports/web-socket-wire.ts'
import type { DispenserSubject } from '../contracts/dispenser.contract.ts'
import { eventually } from './eventually.ts'
import { isAuthoriseReply } from './pump-on-memory.ts'
import { realClock } from './real-modbus.ts'

export type Carrier = 'http' | 'web-socket'

/** Passwords of simulated controllers are made for one run. */
export function newLogin() {
  return { user: 'node', password: randomBytes(12).toString('base64url') }
}

export const randomIds = { hex: (bytes: number) => randomBytes(bytes).toString('hex') }

/** Fast enough for a test, slow enough to be seen in the state filling. */
const flowGramsPerSecond = 3_000

export function newHead(options: {
  readonly widthGrams?: number
  readonly totaliserGrams?: number
}) {
  const widthGrams = options.widthGrams ?? 1_000_000_000_000
  return new SimulatedDispenser({
    address: 7,
    prng: seededPrng(3),
    totaliserGrams: grams(options.totaliserGrams ?? 5_000_000),
    pricePaisePerKg: paisePerKg(7_900),
    limits: { ...pts2Heads.limits, flowGramsPerSecond, widthGrams: grams(widthGrams) },
  })
}

/** Our end of the connection to a simulated controller. */
export function wireTo(
  { port, peer }: { readonly port: number; readonly peer?: PinnedPeer },
  login: { readonly user: string; readonly password: string },
  carrier: Carrier,
): MessageWire {
  const place = { host: '127.0.0.1', port, ...(peer === undefined ? {} : { peer }) }
  const common = { name: 'pc1', clock: realClock, ids: randomIds, ...place, login }
  return carrier === 'http'
    ? createHttpWire({ ...common, path: jsonPtsPath })
    : createWebSocketWire({ ...common, path: webSocketPath })
}

export type PumpOnNetwork = DispenserSubject & {
  readonly controller: SimulatedController
  readonly line: ControllerLine
}

/** The driver and a simulated controller as two ends of real connections. */
export async function pumpOnNetwork(
  carrier: Carrier,
  options: {
    readonly widthGrams?: number
    readonly totaliserGrams?: number
    readonly config?: Record<string, unknown>
  } = {},
): Promise<PumpOnNetwork> {
  const head = newHead(options)
  const login = newLogin()
  // So few uses of one nonce that every test meets a stale one.
  const served = { heads: [head], login, clock: realClock, port: 0, usesPerNonce: 20 }
  const controller = await serveController(served)
  const forecourt = runForecourt({ dispensers: [head], clock: realClock })
  const line = createControllerLine({ wire: wireTo(controller, login, carrier), clock: realClock })
  line.start()
  await eventually(() => line.state() === 'open', 'the controller is connected')
  const config = pts2ConfigSchema.parse({
    id: 'd1',
    pump: 7,
    mode: 'control',
    massDecimals: 3,
    pollMs: 40,
    activePollMs: 30,
    maxFlowGramsPerSecond: flowGramsPerSecond * 2,
    widthGrams: options.widthGrams ?? 1_000_000_000_000,
    ...options.config,
  })
  const parts = { line, clock: realClock, log: () => undefined, stationControl: true }
  const dispenser = createPts2Pump(config, parts)
  return {
    ...{ dispenser, head, controller, line, eventually },
    clock: realClock,
    done: (promise) => promise,
    acknowledges: isAuthoriseReply,
    polls: async () => {
      const from = line.stats().answers
      await eventually(() => line.stats().answers > from + 6, 'six more answers')
    },
    dispose: async () => {
      forecourt.stop()
      await line.close()
      await controller.close()
    },
  }
}
