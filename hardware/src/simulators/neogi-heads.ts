import type { Clock } from '@baari/shared/runtime/clock'
import { present } from '@baari/shared/faults/assert'
import { grams, type Grams } from '@baari/shared/units/mass'
import { millis } from '@baari/shared/units/time'
import { Decimal } from '../protocols/decimal.ts'
import { createFrameBuffer } from '../protocols/frame-buffer.ts'
import { encodeReply, neogiCommandRules } from '../protocols/neogi/codec.ts'
import type { NeogiCommand, NeogiReply } from '../protocols/neogi/frames.ts'
import { obey, type ModelCommand } from './dispenser-commands.ts'
import { reportedState, saleGramsOf, totaliserOf } from './dispenser-model.ts'
import type { HeadFamily } from './head-family.ts'
import type { LineEnd } from './line-end.ts'
import { createReplySender } from './reply-sender.ts'
import { serveOnTcp } from './serve-on-tcp.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

/** The head shows hundredths of a kilogram. */
const countGrams = grams(10)
/** An unused preset is kept for ever: taking it back is the host's duty. */
const keptMs = millis(86_400_000)

/** Neogi heads, each on a line of its own. */
export const neogiHeads = {
  driver: 'neogi',
  limits: { countGrams },
  headsPerLine: 1,
  addressOf: () => 1,
  serve: ({ heads, port, clock }) =>
    serveOnTcp({ port, attach: (line) => serveNeogiHead(line, soleHead(heads), clock) }),
  stationFile: {
    bus: { baud: 9_600, parity: 'none' },
    dispenser: () => ({
      driver: 'neogi',
      address: 1,
      total: { type: 'bcd', digits: 11, unit_g: countGrams },
    }),
  },
} as const satisfies HeadFamily

function soleHead([head]: readonly SimulatedDispenser[]): SimulatedDispenser {
  return present(head, 'a head on the line')
}

/** The head's end of its line. Returns the way to unplug it. */
export function serveNeogiHead(line: LineEnd, head: SimulatedDispenser, clock: Clock): () => void {
  const buffer = createFrameBuffer(neogiCommandRules)
  const sender = createReplySender(line, clock)
  const unsubscribe = line.onBytes((bytes) => {
    for (const item of buffer.feed(bytes)) {
      if (item.kind === 'frame') {
        sender.send(head.trouble, () => encodeReply(replyOf(head, item.frame)))
      }
    }
  })
  return () => {
    sender.unplug()
    unsubscribe()
  }
}

function replyOf(head: SimulatedDispenser, command: NeogiCommand): NeogiReply {
  const { model, limits } = head
  switch (command.kind) {
    case 'status':
      return statusOf(head)
    case 'totaliser':
      return { kind: 'totaliser', value: shown(totaliserOf(model, limits), 12) }
    case 'running':
      return { kind: 'running', value: shown(saleGramsOf(model), 6) }
    case 'last-sale':
      return { kind: 'last-sale', fields: lastSaleFields(head) }
    case 'remote':
    case 'local':
      return { kind: 'ok' }
    case 'stop':
      return carryOut(head, { kind: 'stop' })
    case 'cancel':
      return model.state === 'authorised' ? carryOut(head, { kind: 'stop' }) : { kind: 'ok' }
    case 'preset':
      return preset(head, command.hundredths)
  }
}

function statusOf(head: SimulatedDispenser): NeogiReply {
  const code = head.unknownState ? 'FOO' : codeOf(head)
  return { kind: 'status', state: 'fault', code }
}

/** A head at rest does not tell whether it holds a preset or a sale nobody took note of. */
function codeOf({ model }: SimulatedDispenser): string {
  switch (reportedState(model)) {
    case 'started':
    case 'fuelling':
    case 'suspended':
      return 'DISP'
    case 'inoperative':
    case 'closed':
    case 'fault':
      return 'ERR'
    case 'idle':
    case 'calling':
    case 'authorised':
    case 'completed':
      return model.nozzleOut ? 'CALL' : 'IDLE'
  }
}

function preset(head: SimulatedDispenser, hundredths: number): NeogiReply {
  // A completed sale is done for the head: it takes the next preset.
  if (head.model.state === 'completed') carryOut(head, { kind: 'close' })
  const { pricePaisePerKg } = head.model
  const limitGrams = grams(hundredths * countGrams)
  return carryOut(head, { kind: 'authorise', limitGrams, pricePaisePerKg, validMs: keptMs })
}

function carryOut(head: SimulatedDispenser, command: ModelCommand): NeogiReply {
  if (head.trouble.exception !== null) return { kind: 'invalid' }
  const outcome = obey(head.model, command, head.limits)
  if (outcome.verdict !== 'accepted') return { kind: 'invalid' }
  head.become(outcome.model)
  return { kind: 'ok' }
}

/** Its meaning is not confirmed from a document, so only its form is kept. */
function lastSaleFields({ model }: SimulatedDispenser): readonly string[] {
  const sale = model.lastSale
  if (sale === null) return ['0', '0000.00']
  return [String(sale.sequence), shown(sale.grams, 6).text, String(sale.pricePaisePerKg)]
}

/** Kilograms with two decimals and leading zeros. */
function shown(mass: Grams, digits: number): Decimal {
  const counts = String(Math.floor(mass / countGrams)).padStart(digits, '0')
  const decimal = Decimal.of(`${counts.slice(0, -2)}.${counts.slice(-2)}`)
  return present(decimal ?? undefined, 'a number of the simulated world')
}
