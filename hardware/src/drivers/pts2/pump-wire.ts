import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import type { SelfTestReport, SelfTestStep } from '../../ports/device.ts'
import { fault } from '../../transports/line-faults.ts'
import type { DispenserWire } from '../dispenser-wire.ts'
import type { LiveFrame } from '../live-frame.ts'
import { totalsTwice, type TotalRead } from '../totals-twice.ts'
import { controllerFault } from './controller-fault.ts'
import type { Asked } from './controller-port.ts'
import { PumpCommands } from './pump-commands.ts'
import { gramsOf, pumpFrame } from './pump-frame.ts'
import { readPrices } from './pump-prices.ts'
import { PumpSales, readLastSale } from './pump-sales.ts'
import {
  askForReply,
  askPump,
  isStatus,
  statusIn,
  statusQuestion,
  type PumpStation,
  type StatusReply,
} from './pump-station.ts'

/** One dispenser of a controller as `PolledDispenser` wants it. */
export function pumpWire(station: PumpStation): DispenserWire {
  const { line, config, nozzle } = station
  const sales = new PumpSales(station)
  const commands = new PumpCommands(station)
  const look = config.mode === 'listen' ? lookByListening(station) : lookByAsking(station)
  let seen: StatusReply | null = null
  return {
    nozzle,
    async look(options) {
      const asked = await look(options)
      if (!asked.ok) return asked
      const frame = frameOf(station, asked.value, sales.known)
      if (!frame.ok) return frame
      seen = statusIn(asked.value)
      if (config.mode === 'control') commands.watch(frame.value.status.state, frame.value.at)
      return frame
    },
    newSale: ({ status }) =>
      seen === null || config.mode === 'listen'
        ? Promise.resolve(null)
        : sales.newSale(seen, status.saleSequence),
    totals: () => silentOr(station, () => readTotals(station)),
    lastSale: () => silentOr(station, () => readLastSale(station, sales.known)),
    send: (command) => commands.send(command),
    selfTest: () => selfTest(station),
    unfit: () => null,
    onLineOpen: (call) => line.onState((state) => state === 'open' && call()),
    backOffUntil: () => line.health(config.pump).backOffUntil,
  }
}

type Look = Parameters<DispenserWire['look']>[0]
type Looking = (options: Look) => Promise<Result<Asked, Fault>>

function lookByAsking(station: PumpStation): Looking {
  return (options) => askPump(station, statusQuestion(station), { priority: 'poll', ...options })
}

/** In mode `listen` nothing is sent; each look takes the newest status the controller told. */
function lookByListening({ line, clock, deviceId, config }: PumpStation): Looking {
  let newest: Asked | null = null
  line.onUnasked((reply, at) => {
    if (!isStatus(reply) || reply.Data.Pump !== config.pump) return
    const packet = { kind: 'reply', id: reply.Id, packet: reply } as const
    newest = { packet, raw: JSON.stringify(reply.Type), at, attempts: 1 }
  })
  return () => {
    const heard = newest
    newest = null
    if (heard !== null) return Promise.resolve(ok(heard))
    const hint = `nothing heard, ${Math.round(clock.mono())} ms`
    return Promise.resolve(err(fault('bus_timeout', deviceId, hint)))
  }
}

/** A status, known or not (D14); an error of the controller is a fault and no state. */
function frameOf(
  { nozzle, deviceId }: PumpStation,
  asked: Asked,
  lastSequence: number | null,
): Result<LiveFrame, Fault> {
  const { packet } = asked
  if (packet.kind === 'error') return err(controllerFault(deviceId, 'PumpGetStatus', packet))
  return ok(pumpFrame({ nozzle, lastSequence }, asked))
}

function silentOr<T>(
  { config, deviceId }: PumpStation,
  read: () => Promise<Result<T, Fault>>,
): Promise<Result<T, Fault>> {
  if (config.mode !== 'listen') return read()
  const hint = 'mode listen: nothing is sent'
  return Promise.resolve(err(fault('dispenser_refused', deviceId, hint)))
}

function readTotals(station: PumpStation) {
  const { deviceId, config } = station
  const { widthGrams, maxFlowGramsPerSecond } = config
  return totalsTwice(() => readTotal(station), {
    deviceId,
    limits: { widthGrams, maxFlowGramsPerSecond },
  })
}

async function readTotal(station: PumpStation): Promise<Result<TotalRead, Fault>> {
  const { pump, nozzle } = station.config
  const read = await askForReply(
    station,
    { Type: 'PumpGetTotals', Data: { Pump: pump, Nozzle: nozzle } },
    { type: 'PumpTotals' },
  )
  if (!read.ok) return read
  const { Volume } = read.value.reply.Data
  const total = gramsOf(Volume)
  return ok({
    grams: total === null ? null : grams(total),
    at: read.value.asked.at,
    raw: Volume.text,
  })
}

/** Commissioning: is it reached, does it know the dispenser, do its numbers fit our settings. */
async function selfTest(station: PumpStation): Promise<SelfTestReport> {
  const steps = [await statusStep(station), await totalsStep(station), await priceStep(station)]
  return { passed: steps.every(({ passed }) => passed), steps }
}

async function statusStep(station: PumpStation): Promise<SelfTestStep> {
  const name = 'status'
  const asked = await askPump(station, statusQuestion(station), { priority: 'control', retries: 2 })
  const frame = asked.ok ? frameOf(station, asked.value, null) : asked
  if (!frame.ok) return { name, passed: false, detail: frame.error.hint }
  const { problem, status } = frame.value
  return { name, passed: problem === null, detail: problem ?? `state ${status.state}` }
}

async function totalsStep(station: PumpStation): Promise<SelfTestStep> {
  const name = 'totaliser'
  const totals = await readTotals(station)
  if (!totals.ok) return { name, passed: false, detail: totals.error.hint }
  const fits = totals.value.grams < station.config.widthGrams
  const detail = `${totals.value.raw}, ours ends at ${station.config.widthGrams} g`
  return { name, passed: fits, detail }
}

async function priceStep(station: PumpStation): Promise<SelfTestStep> {
  const name = 'price'
  const prices = await readPrices(station)
  if (!prices.ok) return { name, passed: false, detail: prices.error.hint }
  const own = prices.value[station.config.nozzle - 1]
  if (own === undefined) return { name, passed: false, detail: 'none for this nozzle' }
  return { name, passed: own.countAt(2) !== null, detail: own.text }
}
