import type {
  Dispenser,
  DispenserState,
  NozzleNo as HardwareNozzleNo,
} from '@baari/hardware/ports/dispenser'
import { ok } from '@baari/shared/faults/result'
import { noGrams } from '@baari/shared/units/mass'
import type { FillId } from '@baari/shared/units/names'
import type { DeviceLook, DeviceState } from '../../domain/position/device-look.ts'
import type { AuthoriseOrder, NozzleDevice } from '../../ports/nozzle-device.ts'

/** The hardware's neutral states in the station's words; what is unknown is out of order (D14). */
const states: { readonly [S in DispenserState]: DeviceState } = {
  inoperative: 'out-of-order',
  fault: 'out-of-order',
  closed: 'closed',
  idle: 'idle',
  calling: 'calling',
  authorised: 'authorised',
  started: 'running',
  fuelling: 'running',
  suspended: 'suspended',
  completed: 'completed',
}

/** One nozzle of a dispenser, whatever protocol it speaks, as the fill's rules see it. */
export function dispenserNozzle(dispenser: Dispenser, nozzle: HardwareNozzleNo): NozzleDevice {
  const own = (of: HardwareNozzleNo): boolean => of === nozzle
  return {
    id: `${dispenser.id}.${nozzle}`,
    look: () => lookOf(dispenser, nozzle),
    unfit: () => dispenser.unfit(),
    refresh: () => dispenser.refresh(nozzle),
    async totals() {
      const read = await dispenser.totals(nozzle)
      return read.ok ? ok({ grams: read.value.grams, raw: read.value.raw }) : read
    },
    async lastSale() {
      const read = await dispenser.lastSale(nozzle)
      if (!read.ok || read.value === null) return read.ok ? ok(null) : read
      const { sequence, bootEpoch, grams, openingTotalGrams } = read.value
      return ok({ sequence, bootEpoch, grams, openingGrams: openingTotalGrams })
    },
    authorise: (order) => authorise(dispenser, nozzle, order),
    stop: async (cmdId) => done(await dispenser.stop({ cmdId, nozzle })),
    close: async (cmdId) => done(await dispenser.close({ cmdId, nozzle })),
    onLook(call) {
      const ends = [
        dispenser.on('state', (event) => own(event.status.nozzle) && call()),
        dispenser.on('flow', (event) => own(event.nozzle) && call()),
        dispenser.on('sale', (event) => own(event.sale.nozzle) && call()),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
    onFault: (call) => dispenser.on('fault', ({ fault }) => call(fault)),
  }
}

function lookOf(dispenser: Dispenser, nozzle: HardwareNozzleNo): DeviceLook {
  const { value, quality, raw } = dispenser.status(nozzle)
  if (value === null) return { ...nothingSeen, quality }
  return {
    state: states[value.state],
    quality,
    nozzleOut: value.nozzleOut,
    saleGrams: value.saleGrams,
    totaliserGrams: value.totaliserGrams,
    saleSequence: value.saleSequence,
    bootEpoch: value.bootEpoch,
    raw: raw ?? null,
  }
}

const nothingSeen = {
  state: null,
  nozzleOut: null,
  saleGrams: noGrams,
  totaliserGrams: null,
  saleSequence: null,
  bootEpoch: null,
  raw: null,
} as const

/** Only a definite no is `rejected`; after a fault of the line the device may hold the command. */
async function authorise(
  dispenser: Dispenser,
  nozzle: HardwareNozzleNo,
  order: AuthoriseOrder,
): Promise<'acknowledged' | 'rejected' | 'unanswered'> {
  const { command: cmdId, limitGrams, pricePaisePerKg, expiresAtMono } = order
  const fillId: FillId = order.fill
  const command = { cmdId, fillId, nozzle, limitGrams, pricePaisePerKg, expiresAtMono }
  const answer = await dispenser.authorise(command)
  if (answer.ok) return 'acknowledged'
  return definite.has(answer.error.code) ? 'rejected' : 'unanswered'
}

/** Codes by which the driver says that nothing was sent or nothing was started. */
const definite: ReadonlySet<string> = new Set([
  'dispenser_refused',
  'dispenser_unknown_state',
  'device_unverified',
  'bad_reading',
])

function done<E>(answer: { readonly ok: true } | { readonly ok: false; readonly error: E }) {
  return answer.ok ? ok(undefined) : answer
}
