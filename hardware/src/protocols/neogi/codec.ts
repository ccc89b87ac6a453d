import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Codec } from '../../ports/bus.ts'
import { asciiBytes, asciiText, isPrintable } from '../ascii.ts'
import { Decimal } from '../decimal.ts'
import {
  createFrameBuffer,
  reasonedRules,
  type FrameRules,
  type Measured,
} from '../frame-buffer.ts'
import {
  checkDigits,
  presetCommand,
  shortCommandNames,
  shortCommands,
  stateOfCode,
  type NeogiCommand,
  type NeogiReply,
} from './frames.ts'

const hash = 0x23
const percent = 0x25
/** The last sale has 190 characters; some reserve for a head that writes more. */
const longestBody = 240
/** The protocol has no address: one head on its own line. */
const onlyAddress = 1
const bearsValue = /^(?:VT|RV|LT)/

/** What the head sends. A whole frame that is refused says why. */
export const neogiReplyRules = reasonedRules<NeogiReply>(measureFramed, readReply)

/** What the host sends; for simulators and recordings. */
export const neogiCommandRules: FrameRules<NeogiCommand> = {
  measure: (bytes, from) =>
    bytes[from] === hash ? measureFramed(bytes, from) : measureWord(bytes, from),
  parse: readCommand,
}

/** Neogi as the asking side sees it: encodes commands, decodes replies. */
export function createNeogiCodec(): Codec<NeogiCommand, NeogiReply> {
  const buffer = createFrameBuffer(neogiReplyRules)
  return {
    encode: encodeCommand,
    feed: (bytes) => buffer.feed(bytes),
    tick: () => buffer.tick(),
    reset: () => buffer.reset(),
    pending: () => buffer.pending(),
    expect: (command) => (reply) => reply.kind === 'invalid' || reply.kind === answerOf(command),
    stopsBackToBack: false,
    lateReplies: { rule: 'other-form' },
    addressOf: () => onlyAddress,
    replyAddress: () => onlyAddress,
    signature: answerOf,
    replySignature: (reply) => (reply.kind === 'invalid' ? null : reply.kind),
  }
}

export function encodeCommand(command: NeogiCommand): Uint8Array {
  if (command.kind !== 'preset') return asciiBytes(`${shortCommands[command.kind]}\r`)
  const amount = String(command.hundredths).padStart(6, '0')
  const vehicle = command.vehicle.padEnd(10, ' ')
  return checked(`SL${amount.slice(0, 4)}.${amount.slice(4)}$*${vehicle}`)
}

/** What the head sends; for simulators and tests. */
export function encodeReply(reply: NeogiReply): Uint8Array {
  switch (reply.kind) {
    case 'ok':
      return asciiBytes('#OK%')
    case 'invalid':
      return asciiBytes('#INVALID%')
    case 'status':
      return asciiBytes(`#ST${reply.code}%`)
    case 'totaliser':
      return checked(`VT${reply.value.text}`)
    case 'running':
      return checked(`RV${reply.value.text}`)
    case 'last-sale':
      return checked(`LT${reply.fields.join('&')}`)
  }
}

/** A reply in exactly these bytes, or why it is refused. */
function readReply(raw: Uint8Array): Result<NeogiReply, string> {
  const text = asciiText(raw)
  const long = /^#([^#%]+)#(\d\d)%$/.exec(text)
  if (long !== null) {
    const [, body = '', digits = ''] = long
    const right = checkDigits(body)
    return digits === right ? replyOf(body) : err('check value')
  }
  const [, body = ''] = /^#([^#%]+)%$/.exec(text) ?? []
  return bearsValue.test(body) ? err('a value without check digits') : replyOf(body)
}

function readCommand(raw: Uint8Array): NeogiCommand | null {
  const kind = shortCommandNames.find((name) => asciiText(raw) === `${shortCommands[name]}\r`)
  return kind === undefined ? readPreset(raw) : { kind }
}

function readPreset(raw: Uint8Array): NeogiCommand | null {
  const match = /^#(SL(\d{4})\.(\d\d)\$\*([A-Z0-9 ]{10}))#(\d\d)%$/.exec(asciiText(raw))
  const [, body = '', whole = '', fraction = '', vehicle = '', digits = ''] = match ?? []
  const hundredths = Number(whole + fraction)
  const plate = /^([A-Z0-9]*) *$/.exec(vehicle)?.[1]
  if (digits !== checkDigits(body) || hundredths === 0 || plate === undefined) return null
  return presetCommand(hundredths, plate)
}

/** Two capital letters that are a command, and a carriage return. */
function measureWord(bytes: Uint8Array, from: number): Measured {
  const text = asciiText(bytes.subarray(from, from + 3))
  if (!shortCommandNames.some((name) => `${shortCommands[name]}\r`.startsWith(text))) {
    return 'impossible'
  }
  return text.length === 3 ? 3 : 'more'
}

/** Length of `#…%` or `#…#cc%` from an offset on. */
function measureFramed(bytes: Uint8Array, from: number): Measured {
  if (bytes[from] !== hash) return 'impossible'
  for (let at = from + 1; at <= from + longestBody; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) return 'more'
    if (byte === percent) return at === from + 1 ? 'impossible' : at + 1 - from
    if (byte === hash) return measureDigits(bytes, from, at)
    if (!isPrintable(byte)) return 'impossible'
  }
  return 'impossible'
}

/** The closing # stands at `closing`: two digits and a % must follow. */
function measureDigits(bytes: Uint8Array, from: number, closing: number): Measured {
  if (closing === from + 1) return 'impossible'
  for (let at = closing + 1; at <= closing + 2; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) return 'more'
    if (byte < 0x30 || byte > 0x39) return 'impossible'
  }
  const last = bytes[closing + 3]
  if (last === undefined) return 'more'
  return last === percent ? closing + 4 - from : 'impossible'
}

function replyOf(body: string): Result<NeogiReply, string> {
  if (body === 'OK') return ok({ kind: 'ok' })
  if (body === 'INVALID') return ok({ kind: 'invalid' })
  const rest = body.slice(2)
  switch (body.slice(0, 2)) {
    case 'ST':
      return /^[A-Z0-9]{1,12}$/.test(rest)
        ? ok({ kind: 'status', state: stateOfCode(rest), code: rest })
        : err(`no status code: ${body}`)
    case 'VT':
      return valueReply('totaliser', rest)
    case 'RV':
      return valueReply('running', rest)
    case 'LT':
      return lastSale(rest)
    default:
      return err(`no reply begins so: ${body}`)
  }
}

function valueReply(kind: 'totaliser' | 'running', text: string): Result<NeogiReply, string> {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Decimal.of(text) : null
  return value === null ? err(`no decimal number: ${text}`) : ok({ kind, value })
}

function lastSale(text: string): Result<NeogiReply, string> {
  const fields = text.split('&')
  return fields.length < 2
    ? err('a last sale has fields between & signs')
    : ok({ kind: 'last-sale', fields })
}

function answerOf(command: NeogiCommand): NeogiReply['kind'] {
  switch (command.kind) {
    case 'totaliser':
    case 'status':
    case 'running':
    case 'last-sale':
      return command.kind
    case 'stop':
    case 'cancel':
    case 'remote':
    case 'local':
    case 'preset':
      return 'ok'
  }
}

function checked(body: string): Uint8Array {
  return asciiBytes(`#${body}#${checkDigits(body)}%`)
}
