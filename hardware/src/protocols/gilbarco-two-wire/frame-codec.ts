import type { Codec, Decoded } from '../../ports/bus.ts'
import {
  createFrameBuffer,
  type FrameBuffer,
  type FrameRules,
  type Measured,
} from '../frame-buffer.ts'
import {
  blockBytes,
  dataBytes,
  longestBlock,
  moneyBytes,
  readBlock,
  readData,
  readMoney,
} from './block.ts'
import {
  allStop,
  blockBegin,
  blockEnd,
  digitWord,
  isDigit,
  moneyDigits,
  type GilbarcoReply,
  type GilbarcoRequest,
} from './frames.ts'
import { codeOfCommand, commandOfCode, type GilbarcoCommand } from './tables.ts'

/** The address under which `all-stop` counts; no pump has it. */
const everyPump = 16

type ReplyShape = 'status' | 'block' | 'money'

const shapeOf: Readonly<Record<GilbarcoCommand, ReplyShape>> = {
  status: 'status',
  authorise: 'status',
  'send-data': 'status',
  stop: 'status',
  transaction: 'block',
  totals: 'block',
  'running-money': 'money',
}

/** Replies of whoever was asked: nothing in them names their pump. */
const namelessReplies: ReadonlySet<string> = new Set<GilbarcoReply['kind']>([
  'transaction',
  'totals',
  'running-money',
])

/**
 * The two-wire loop as the host sees it. Words carry no frame: a status is one word and running
 * money is six digits. So only the shape of reply that the last encoded command asks for is looked
 * for, and everything else on the line is noise: a late block is never read as money, nor a digit
 * as a status (S05).
 */
export function createGilbarcoHostCodec(): Codec<GilbarcoRequest, GilbarcoReply> {
  let asked: GilbarcoRequest | null = null
  let buffer: FrameBuffer<GilbarcoReply> | null = null
  let money = createMoneyRun()
  const isMoney = (): boolean => asked?.kind === 'command' && shapeOf[asked.command] === 'money'

  return {
    encode(request) {
      asked = request
      buffer = createFrameBuffer(replyRules(request))
      money = createMoneyRun()
      return encodeCommand(request)
    },
    feed(bytes) {
      if (isMoney()) return money.feed(bytes)
      return buffer?.feed(bytes) ?? noise(bytes)
    },
    tick: () => (isMoney() ? money.silence() : (buffer?.tick() ?? [])),
    reset() {
      buffer?.reset()
      money = createMoneyRun()
    },
    pending: () => (isMoney() ? money.pending() : (buffer?.pending() ?? 0)),
    expect: (request) => (reply) => answers(request, reply),
    stopsBackToBack: true,
    lateReplies: { rule: 'nameless', nameless: (signature) => namelessReplies.has(signature) },
    addressOf: (request) => (request.kind === 'all-stop' ? everyPump : request.pump),
    // Only a status names its pump; a block is of whoever was asked.
    replyAddress: (reply) =>
      reply.kind === 'status' ? reply.pump : asked?.kind === 'command' ? asked.pump : everyPump,
    signature: (request) =>
      request.kind === 'command' ? replySignatureOf(request.command) : request.kind,
    unanswered: (request) => (isAnswered(request) ? null : { kind: 'unanswered' }),
    replySignature: (reply) => reply.kind,
  }
}

/**
 * What the pumps hear: one-word commands, and blocks of the host for the one that listens, which the
 * decoder cannot know: their pump is 16. For simulators and listeners.
 */
export function createGilbarcoPumpDecoder(): FrameBuffer<GilbarcoRequest> {
  return createFrameBuffer({
    measure: (bytes, from) =>
      bytes[from] === blockBegin
        ? measureBlock(bytes, from)
        : gilbarcoCommandRules.measure(bytes, from),
    parse(bytes) {
      if (bytes[0] !== blockBegin) return gilbarcoCommandRules.parse(bytes)
      const data = readData(bytes)
      return typeof data === 'string' ? null : { kind: 'data', pump: everyPump, data }
    },
  })
}

export const gilbarcoCommandRules: FrameRules<GilbarcoRequest> = {
  measure: (bytes, from) => (commandIn(bytes[from] ?? 0) === null ? 'impossible' : 1),
  parse: (bytes) => commandIn(bytes[0] ?? 0),
}

/** Transactions and totals, told from words. */
export const gilbarcoBlockRules: FrameRules<GilbarcoReply> = {
  measure: measureBlock,
  parse: (bytes) => {
    const block = readBlock(bytes)
    return typeof block === 'string' ? null : block
  },
  why: (bytes) => {
    const block = readBlock(bytes)
    return typeof block === 'string' ? block : 'check value'
  },
}

/** A word that can be a status. Unknown codes are statuses too: the driver makes a fault of them (D14). */
export const gilbarcoStatusRules: FrameRules<GilbarcoReply> = {
  measure: (bytes, from) => ((bytes[from] ?? 0) < digitWord ? 1 : 'impossible'),
  parse: (bytes) => ({ kind: 'status', code: (bytes[0] ?? 0) >>> 4, pump: (bytes[0] ?? 0) & 0x0f }),
}

export function encodeCommand(request: GilbarcoRequest): Uint8Array {
  if (request.kind === 'all-stop') return Uint8Array.of(allStop)
  if (request.kind === 'data') return dataBytes(request.data)
  return Uint8Array.of((codeOfCommand(request.command) << 4) | (request.pump & 0x0f))
}

/** What a pump sends. For simulators and tests. */
export function encodeReply(reply: GilbarcoReply): Uint8Array {
  switch (reply.kind) {
    case 'status':
      return Uint8Array.of((reply.code << 4) | reply.pump)
    case 'transaction':
    case 'totals':
      return blockBytes(reply)
    case 'running-money':
      return moneyBytes(reply.amountCounts)
    case 'unanswered':
      return new Uint8Array(0)
  }
}

/** The loop returns the command to whoever sent it; a word equal to it is no status (S07). */
function replyRules(request: GilbarcoRequest): FrameRules<GilbarcoReply> {
  if (request.kind === 'command' && shapeOf[request.command] === 'block') return gilbarcoBlockRules
  const [echo] = encodeCommand(request)
  return {
    measure: (bytes, from) =>
      bytes[from] === echo ? 'impossible' : gilbarcoStatusRules.measure(bytes, from),
    parse: (bytes) => gilbarcoStatusRules.parse(bytes),
  }
}

function answers(request: GilbarcoRequest, reply: GilbarcoReply): boolean {
  if (request.kind !== 'command') return false
  if (reply.kind === 'status') {
    return shapeOf[request.command] === 'status' && reply.pump === request.pump
  }
  return replySignatureOf(request.command) === reply.kind
}

/** Authorise, stop and blocks of the host move a pump and bring no word; its status tells what came of them. */
function isAnswered(request: GilbarcoRequest): boolean {
  return request.kind === 'command' && request.command !== 'authorise' && request.command !== 'stop'
}

function replySignatureOf(command: GilbarcoCommand): GilbarcoReply['kind'] {
  switch (command) {
    case 'transaction':
    case 'totals':
    case 'running-money':
      return command
    case 'status':
    case 'authorise':
    case 'send-data':
    case 'stop':
      return 'status'
  }
}

function commandIn(word: number): GilbarcoRequest | null {
  if (word === allStop) return { kind: 'all-stop' }
  const command = commandOfCode(word >>> 4)
  return command === null ? null : { kind: 'command', command, pump: word & 0x0f }
}

function measureBlock(bytes: Uint8Array, from: number): Measured {
  if (bytes[from] !== blockBegin) return 'impossible'
  const to = Math.min(bytes.length, from + longestBlock)
  for (let at = from + 1; at < to; at += 1) {
    const word = bytes[at] ?? 0
    if (word === blockEnd) return at + 1 - from
    if (word < digitWord || word === blockBegin) return 'impossible'
  }
  return bytes.length - from >= longestBlock ? 'impossible' : 'more'
}

/**
 * Running money has neither begin nor check value. It is believed only when between two silences
 * there were exactly six decimal digits and nothing else; so it is told at the silence.
 */
function createMoneyRun() {
  let run: number[] = []
  let clean = true

  return {
    feed(bytes: Uint8Array): readonly Decoded<GilbarcoReply>[] {
      const strange: number[] = []
      for (const word of bytes) {
        if (clean && isDigit(word) && run.length < moneyDigits) run.push(word)
        else if (clean && run.length === 0 && word < digitWord) strange.push(word)
        else {
          strange.push(...run, word)
          run = []
          clean = false
        }
      }
      return noise(Uint8Array.from(strange))
    },
    silence(): readonly Decoded<GilbarcoReply>[] {
      const raw = Uint8Array.from(run)
      run = []
      clean = true
      if (raw.length === 0) return []
      if (raw.length < moneyDigits) return noise(raw)
      const amountCounts = readMoney(raw)
      return amountCounts === null
        ? [{ kind: 'damaged', reason: 'a digit of the money is no decimal', raw }]
        : [{ kind: 'frame', frame: { kind: 'running-money', amountCounts }, raw }]
    },
    pending: () => run.length,
  }
}

function noise(raw: Uint8Array): readonly Decoded<GilbarcoReply>[] {
  return raw.length === 0 ? [] : [{ kind: 'noise', raw: raw.slice() }]
}
