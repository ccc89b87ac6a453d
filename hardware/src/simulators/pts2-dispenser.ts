import { present } from '@baari/shared/faults/assert'
import { grams, type Grams } from '@baari/shared/units/mass'
import { amountFor, paisePerKg, type PaisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import { Decimal } from '../protocols/decimal.ts'
import type { Pts2Reply, Pts2Request } from '../protocols/pts2/contract.ts'
import { nextTransaction, type Pts2Written } from '../protocols/pts2/messages.ts'
import { obey, type ModelCommand } from './dispenser-commands.ts'
import { saleGramsOf, totaliserOf, type ModelSale } from './dispenser-model.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

/** An unused authorisation is kept for ever: taking it back is the host's duty. */
const keptMs = millis(86_400_000)
const fullTankGrams = grams(1_000_000)
/** Tags the controller finds again; a fill asks for the last. */
const rememberedTags = 8
const nozzle = 1

type Asked<Type extends Pts2Request['Type']> = Extract<Pts2Request, { Type: Type }>

/** What a controller answers for one dispenser; revision 129 of the specification. */
export function answerOfPump(head: SimulatedDispenser, request: Pts2Request): Pts2Written {
  const { Id } = request
  switch (request.Type) {
    case 'PumpGetStatus':
      return statusOf(head, Id)
    case 'PumpGetTotals': {
      const Volume = kilograms(totaliserOf(head.model, head.limits))
      return { Id, Type: 'PumpTotals', Data: { Pump: head.address, Nozzle: nozzle, Volume } }
    }
    case 'PumpGetPrices': {
      const Prices = [rupees(head.model.pricePaisePerKg)]
      return { Id, Type: 'PumpPrices', Data: { Pump: head.address, Prices } }
    }
    case 'PumpGetTransactionInformation':
      return informationOf(head, request)
    case 'PumpAuthorize':
      return authorise(head, request)
    case 'PumpStop':
    case 'PumpEmergencyStop':
      return carryOut(head, request, { kind: 'stop' })
    case 'PumpSuspend':
      return carryOut(head, request, { kind: 'suspend' })
    case 'PumpResume':
      return carryOut(head, request, { kind: 'resume' })
    case 'PumpSetPrices':
      return setPrice(head, request)
    case 'PumpCloseTransaction':
      return close(head, request)
  }
}

export function errorOf({ Id, Type }: Pts2Request, name: string): Pts2Written {
  return { Id, Type, Error: true, Code: 1, Message: `JSONPTS_ERROR_${name}` }
}

function statusOf(head: SimulatedDispenser, Id: number): Pts2Reply {
  const { model, address: Pump } = head
  const NozzleUp = model.nozzleOut ? nozzle : 0
  const last = lastOf(head)
  const running = nextTransaction(model.sequence)
  switch (model.state) {
    case 'idle': {
      const Data = { Pump, NozzleUp, Nozzle: NozzleUp, Transaction: model.sequence, ...last }
      return { Id, Type: 'PumpIdleStatus', Data }
    }
    case 'authorised': {
      const Data = { Pump, NozzleUp, Nozzle: nozzle, Transaction: running, ...last }
      return { Id, Type: 'PumpIdleStatus', Data: { ...Data, Request: 'PumpAuthorize' } }
    }
    case 'started':
    case 'fuelling':
    case 'suspended': {
      const Data = { Pump, Nozzle: nozzle, Transaction: running, ...runningSale(head) }
      const IsSuspended = model.state === 'suspended'
      return { Id, Type: 'PumpFillingStatus', Data: { ...Data, IsSuspended } }
    }
    case 'completed': {
      const sale = present(model.lastSale, 'a completed sale')
      const TotalVolume = kilograms(totalAfter(head, sale))
      const Data = { Pump, Nozzle: nozzle, NozzleUp, Transaction: sale.sequence, TotalVolume }
      return { Id, Type: 'PumpEndOfTransactionStatus', Data: { ...Data, ...numbersOf(sale) } }
    }
    case 'inoperative':
    case 'closed':
    case 'fault':
      return { Id, Type: 'PumpOfflineStatus', Data: { Pump, State: 'Idle', NozzleUp, ...last } }
  }
}

function lastOf(head: SimulatedDispenser) {
  const sale = head.model.lastSale
  if (sale === null) return { LastTransaction: 0 }
  const { Volume, Price, Amount } = numbersOf(sale)
  return {
    LastNozzle: nozzle,
    LastTransaction: sale.sequence,
    LastVolume: Volume,
    LastPrice: Price,
    LastAmount: Amount,
    LastTotalVolume: kilograms(totalAfter(head, sale)),
  }
}

function informationOf(
  head: SimulatedDispenser,
  request: Asked<'PumpGetTransactionInformation'>,
): Pts2Written {
  const { Transaction } = request.Data
  const { model, address: Pump } = head
  const sale = model.lastSale
  const open = model.state === 'authorised' || isRunning(head)
  const Tag = head.memory.findLast(({ command }) => command === Transaction)?.id ?? ''
  const common = { Pump, Transaction, Nozzle: nozzle, Tag }
  const Type = 'PumpTransactionInformation'
  if (open && Transaction === nextTransaction(model.sequence)) {
    const State = isRunning(head) ? 'Filling' : 'Authorized'
    return { Id: request.Id, Type, Data: { ...common, State, ...runningSale(head) } }
  }
  if (sale === null || sale.sequence !== Transaction) {
    return errorOf(request, 'PUMP_TRANSACTION_NOT_FOUND')
  }
  const State = model.state === 'completed' ? 'EndOfTransaction' : 'Finished'
  const TotalVolume = kilograms(totalAfter(head, sale))
  return { Id: request.Id, Type, Data: { ...common, State, TotalVolume, ...numbersOf(sale) } }
}

function authorise(head: SimulatedDispenser, request: Asked<'PumpAuthorize'>): Pts2Written {
  const { model } = head
  if (model.state === 'authorised') return errorOf(request, 'DUPLICATED_AUTHORIZATION_REQUEST')
  const { Price, Tag = '' } = request.Data
  const price = Price === undefined ? model.pricePaisePerKg : pricePerKg(Price)
  const limitGrams = limitOf(request, price)
  const Transaction = nextTransaction(model.sequence)
  const command = {
    kind: 'authorise',
    limitGrams,
    pricePaisePerKg: price,
    validMs: keptMs,
  } as const
  const outcome = obey(model, command, head.limits)
  if (outcome.verdict === 'bad-limit') return errorOf(request, 'COULD_NOT_GET_DOSE_VALUE')
  if (outcome.verdict !== 'accepted') return errorOf(request, 'PUMP_BUSY_FILLING')
  head.become(outcome.model)
  const entry = { id: Tag, verdictCode: 1, stateCode: 0, command: Transaction }
  head.remember([...head.memory, entry].slice(-rememberedTags))
  const Data = { Pump: head.address, Transaction }
  return { Id: request.Id, Type: 'PumpAuthorizeConfirmation', Data }
}

function limitOf({ Data }: Asked<'PumpAuthorize'>, price: PaisePerKg): Grams {
  switch (Data.Type) {
    case 'Volume':
      return grams(Data.Dose.countAt(3) ?? 0)
    case 'Amount':
      return grams(Math.floor(((Data.Dose.countAt(2) ?? 0) * 1000) / price))
    case 'FullTank':
      return fullTankGrams
  }
}

function setPrice(head: SimulatedDispenser, request: Asked<'PumpSetPrices'>): Pts2Written {
  const price = request.Data.Prices[nozzle - 1]
  if (price === undefined) return errorOf(request, 'COULD_NOT_GET_PRICE_VALUE')
  return carryOut(head, request, { kind: 'price', pricePaisePerKg: pricePerKg(price) })
}

function close(head: SimulatedDispenser, request: Asked<'PumpCloseTransaction'>): Pts2Written {
  if (head.model.state !== 'completed') {
    return errorOf(request, 'PUMP_STATUS_NOT_END_OF_TRANSACTION')
  }
  if (request.Data.Transaction !== head.model.sequence) {
    return errorOf(request, 'TRANSACTION_NUMBER_NOT_MATCH')
  }
  return carryOut(head, request, { kind: 'close' })
}

function carryOut(
  head: SimulatedDispenser,
  request: Pts2Request,
  command: ModelCommand,
): Pts2Written {
  const outcome = obey(head.model, command, head.limits)
  if (outcome.verdict !== 'accepted') return errorOf(request, 'PUMP_NOT_IN_FILLING_PROCESS')
  head.become(outcome.model)
  return { Id: request.Id, Type: request.Type, Message: 'OK' }
}

function isRunning({ model }: SimulatedDispenser): boolean {
  return ['started', 'fuelling', 'suspended'].includes(model.state)
}

/** Figures of the sale that runs; an authorised one has none yet. */
function runningSale(head: SimulatedDispenser) {
  const { model } = head
  const price = (model.sale ?? model.authorisation ?? model).pricePaisePerKg
  return figures(saleGramsOf(model), price)
}

function numbersOf(sale: ModelSale) {
  return figures(sale.grams, sale.pricePaisePerKg)
}

function figures(mass: Grams, price: PaisePerKg) {
  const Amount = decimal(amountFor(mass, price), 2)
  return { Volume: kilograms(mass), Price: rupees(price), Amount }
}

function totalAfter({ limits }: SimulatedDispenser, sale: ModelSale): Grams {
  return grams((sale.openingTotalGrams + sale.grams) % limits.widthGrams)
}

function kilograms(mass: Grams): Decimal {
  return decimal(mass, 3)
}

function rupees(price: PaisePerKg): Decimal {
  return decimal(price, 2)
}

function decimal(count: number, decimals: number): Decimal {
  return present(Decimal.ofCount(count, decimals) ?? undefined, 'a number of the simulated world')
}

function pricePerKg(price: Decimal): PaisePerKg {
  return paisePerKg(price.countAt(2) ?? 0)
}
