import { obey } from '@baari/hardware/simulators/dispenser-commands'
import {
  hangUp,
  liftNozzle,
  newDispenser,
  reportedState,
  saleGramsOf,
  step,
  totaliserOf,
  usualLimits,
  type DispenserModel,
} from '@baari/hardware/simulators/dispenser-model'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import type { DeviceState } from '../../src/domain/position/device-look.ts'
import type { AuthoriseOrder, NozzleDevice } from '../../src/ports/nozzle-device.ts'

/** What was sent to the device, in order; a stop that goes out first stands first. */
export type Sent = { readonly kind: 'authorise' | 'stop' | 'close'; readonly id: string }

export type MemoryNozzle = NozzleDevice & {
  readonly sent: readonly Sent[]
  lift(): void
  /** Gas flows into the vehicle; the device tells it in one frame. */
  flow(amountGrams: number): void
  hangUp(): void
  setManual(on: boolean): void
  /** Its valve closes so much too late (D10). */
  setOverrun(overrunGrams: number): void
  /** The line is cut: looks are stale and commands unanswered, the device goes on. */
  setLink(up: boolean): void
  setOutOfOrder(on: boolean): void
  /** The last frame is late: its values are known, but not of now. */
  setLate(on: boolean): void
  /** Its figures were compared with the device, or not. */
  setVerified(on: boolean): void
  /** `lost`: frames show no total and questions for it are unanswered; `asked`: it must be asked for. */
  setTotals(how: 'shown' | 'asked' | 'lost'): void
  /** Happens once, while the next question for the total is answered. */
  meanwhile(call: () => void): void
  /** How often somebody asked for a frame at once. */
  readonly refreshed: number
  totaliserGrams(): number
}

const fault: Fault = {
  kind: 'fault',
  code: 'bus_timeout',
  device: 'memory',
  latching: false,
  retrySafe: true,
  hint: 'cut by the test',
}

const unverified: Fault = {
  ...fault,
  code: 'device_unverified',
  retrySafe: false,
  hint: 'nobody compared its totals',
}

const quiet = { next: () => 0.5 }

/** The simulators' own device model behind the station's port, without a line between them. */
export function memoryNozzle(totaliser: number): MemoryNozzle {
  let model: DispenserModel = newDispenser({
    totaliserGrams: grams(totaliser),
    pricePaisePerKg: paisePerKg(0),
  })
  let limits = usualLimits
  let link = true
  let broken = false
  let late = false
  let verified = true
  let totals: 'shown' | 'asked' | 'lost' = 'shown'
  let meanwhile = (): void => undefined
  let refreshed = 0
  const sent: Sent[] = []
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const call of listeners) call()
  }
  const answer = (kind: Sent['kind'], id: string, order?: AuthoriseOrder): boolean => {
    sent.push({ kind, id })
    if (!link) return false
    const outcome = obey(model, commandOf(kind, order), limits)
    model = outcome.model
    tell()
    return outcome.verdict === 'accepted'
  }
  const become = (next: DispenserModel): void => {
    model = next
    tell()
  }

  return {
    id: 'memory.1',
    sent,
    look: () => ({
      state: link ? (broken ? 'out-of-order' : wordOf(model)) : null,
      quality: link ? (late ? 'uncertain' : 'good') : 'stale',
      nozzleOut: model.nozzleOut,
      saleGrams: saleGramsOf(model),
      totaliserGrams: totals === 'shown' ? totaliserOf(model, limits) : null,
      saleSequence: model.sequence,
      bootEpoch: model.bootEpoch,
      raw: null,
    }),
    unfit: () => (verified ? null : unverified),
    refresh: () => void (refreshed += 1),
    get refreshed() {
      return refreshed
    },
    totals: () => {
      const happens = meanwhile
      meanwhile = () => undefined
      happens()
      const total = totaliserOf(model, limits)
      return Promise.resolve(
        link && totals !== 'lost' ? ok({ grams: total, raw: String(total) }) : err(fault),
      )
    },
    lastSale: () => Promise.resolve(link ? ok(saleFactOf(model)) : err(fault)),
    authorise: (order) => {
      if (!link) return Promise.resolve('unanswered')
      const taken = answer('authorise', order.command, order)
      return Promise.resolve(taken ? 'acknowledged' : 'rejected')
    },
    stop: (id) => Promise.resolve(answer('stop', id) ? ok(undefined) : err(fault)),
    close: (id) => Promise.resolve(answer('close', id) ? ok(undefined) : err(fault)),
    onLook(call) {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    onFault: () => () => undefined,
    lift: () => become(liftNozzle(model)),
    flow(amountGrams) {
      const room = { ...model, vehicleRoomMilligrams: amountGrams * 1000 }
      become(step(room, limits, { ms: millis(3_600_000), prng: quiet }))
    },
    hangUp: () => become(hangUp(model, limits)),
    setManual: (manualMode) => become({ ...model, manualMode }),
    setOverrun: (by) => void (limits = { ...usualLimits, overrunGrams: grams(by) }),
    setLink(up) {
      link = up
      tell()
    },
    setOutOfOrder(on) {
      broken = on
      tell()
    },
    setLate(on) {
      late = on
      tell()
    },
    setVerified: (on) => void (verified = on),
    setTotals: (how) => void (totals = how),
    meanwhile: (call) => void (meanwhile = call),
    totaliserGrams: () => totaliserOf(model, limits),
  }
}

function commandOf(
  kind: Sent['kind'],
  order: AuthoriseOrder | undefined,
): Parameters<typeof obey>[1] {
  if (kind !== 'authorise' || order === undefined) return { kind: kind === 'close' ? kind : 'stop' }
  const { limitGrams, pricePaisePerKg } = order
  return { kind: 'authorise', limitGrams, pricePaisePerKg, validMs: millis(60_000) }
}

function wordOf(model: DispenserModel): DeviceState {
  const state = reportedState(model)
  if (state === 'started' || state === 'fuelling') return 'running'
  return state === 'inoperative' || state === 'fault' ? 'out-of-order' : state
}

function saleFactOf({ lastSale }: DispenserModel) {
  if (lastSale === null) return null
  const { sequence, bootEpoch, grams: sold, openingTotalGrams } = lastSale
  return { sequence, bootEpoch, grams: sold, openingGrams: openingTotalGrams }
}
