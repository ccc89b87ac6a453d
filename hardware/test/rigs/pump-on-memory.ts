import { ok } from '@baari/shared/faults/result'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis, type Mono } from '@baari/shared/units/time'
import { createControllerLine } from '../../src/drivers/pts2/controller-line.ts'
import type { ControllerLine } from '../../src/drivers/pts2/controller-port.ts'
import { pts2ConfigSchema } from '../../src/drivers/pts2/manifest.ts'
import { createPts2Pump } from '../../src/drivers/pts2/pts2-pump.ts'
import type { PipeState } from '../../src/ports/byte-pipe.ts'
import type { MessageWire } from '../../src/ports/message-wire.ts'
import type { DispenserModel } from '../../src/simulators/dispenser-model.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { AnswerDesk } from '../../src/simulators/pts2-desk.ts'
import { pts2Heads } from '../../src/simulators/pts2-heads.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import type { DispenserSubject } from '../contracts/dispenser.contract.ts'
import { pass, until } from './turn-clock.ts'

/** The confirmation of an authorisation. */
export function isAuthoriseReply(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes('PumpAuthorizeConfirmation')
}

export type MemoryController = {
  readonly wire: MessageWire
  /** Texts of the messages sent to the controller, oldest first. */
  readonly sent: string[]
  /** The controller says this, whoever asked. */
  say(text: string): void
  plug(state: 'open' | 'opening'): void
}

/** A wire whose far end answers as the simulated controller does, in the clock's own time. */
export function memoryController(clock: ManualClock, desk: AnswerDesk): MemoryController {
  const messageCalls = new Set<(message: Uint8Array, at: Mono) => void>()
  const stateCalls = new Set<(state: PipeState) => void>()
  const sent: string[] = []
  let state: PipeState = 'opening'
  const become = (next: PipeState): void => {
    state = next
    for (const call of stateCalls) call(next)
  }
  const deliver = (bytes: Uint8Array): void => {
    if (state === 'open') for (const call of messageCalls) call(bytes, clock.mono())
  }
  const wire: MessageWire = {
    name: 'memory',
    start: () => become('open'),
    state: () => state,
    send: (message) => {
      sent.push(Buffer.from(message).toString('utf8'))
      desk.answer(message, deliver)
      return Promise.resolve(ok('sent'))
    },
    onMessage: (call) => {
      messageCalls.add(call)
      return () => messageCalls.delete(call)
    },
    onState: (call) => {
      stateCalls.add(call)
      return () => stateCalls.delete(call)
    },
    close: () => Promise.resolve(become('closed')),
  }
  return { wire, sent, plug: become, say: (text) => deliver(Buffer.from(text)) }
}

export type PumpOnMemory = DispenserSubject & {
  readonly clock: ManualClock
  readonly controller: MemoryController
  readonly line: ControllerLine
}

/** The driver and a simulated dispenser behind a controller in memory, on the manual clock. */
export function pumpOnMemory(
  options: {
    readonly widthGrams?: number
    readonly totaliserGrams?: number
    /** Number of the last sale; no sale was made when absent. */
    readonly sequence?: number
    readonly config?: Record<string, unknown>
    readonly stationControl?: boolean
  } = {},
): PumpOnMemory {
  const clock = manualClock()
  const widthGrams = options.widthGrams ?? 1_000_000_000_000
  const head = new SimulatedDispenser({
    address: 7,
    prng: seededPrng(11),
    totaliserGrams: grams(options.totaliserGrams ?? 123_456_789),
    pricePaisePerKg: paisePerKg(7_900),
    limits: { ...pts2Heads.limits, widthGrams: grams(widthGrams) },
    replyDelayMs: millis(5),
  })
  if (options.sequence !== undefined) head.become(soldBefore(head.model, options.sequence))
  const desk = new AnswerDesk({ heads: [head], clock })
  const controller = memoryController(clock, desk)
  const line = createControllerLine({ wire: controller.wire, clock })
  line.start()
  const forecourt = runForecourt({ dispensers: [head], clock })
  const config = pts2ConfigSchema.parse({
    id: 'd1',
    pump: 7,
    mode: 'control',
    massDecimals: 3,
    widthGrams,
    ...options.config,
  })
  const dispenser = createPts2Pump(config, {
    line,
    clock,
    log: () => undefined,
    stationControl: options.stationControl ?? true,
  })
  return {
    dispenser,
    head,
    clock,
    controller,
    line,
    done: (promise) => until(clock, promise),
    eventually: async (condition, what) => {
      for (let turn = 0; turn < 12_000 && !condition(); turn += 1) await pass(clock, 10, 10)
      if (!condition()) throw new Error(`never: ${what}`)
    },
    acknowledges: isAuthoriseReply,
    polls: () => pass(clock, 2_000, 10),
    dispose: async () => {
      forecourt.stop()
      await line.close()
    },
  }
}

function soldBefore(model: DispenserModel, sequence: number): DispenserModel {
  const { bootEpoch, pricePaisePerKg } = model
  const openingTotalGrams = grams(1_000)
  const lastSale = { sequence, bootEpoch, grams: grams(500), openingTotalGrams, pricePaisePerKg }
  return { ...model, sequence, lastSale }
}
