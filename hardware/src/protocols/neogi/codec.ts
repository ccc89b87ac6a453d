import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Codec } from '../../ports/bus.ts'
import { asciiBytes, asciiText, isPrintable } from '../ascii.ts'
import { Decimal } from '../decimal.ts'
import { createFrameBuffer, type Measured } from '../frame-buffer.ts'
import type { Refused } from '../frame-report.ts'
import {
  checkDigits,
  presetCommand,
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

/** Neogi as the asking side sees it: encodes commands, decodes replies. */
export function createNeogiCodec(): Codec<NeogiCommand, NeogiReply> {
  const buffer = createFrameBuffer({ measure: measureFramed, parse: parseReply })
  return {
    encode: encodeCommand,
    feed: (bytes) => buffer.feed(bytes),
    tick: () => buffer.tick(),
    reset: () => buffer.reset(),
    pending: () => buffer.pending(),
    expect: (command) => (reply) => reply.kind === 'invalid' || reply.kind === answerOf(command),
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
export function readReply(raw: Uint8Array): Result<NeogiReply, Refused> {
  const text = asciiText(raw)
  const long = /^#([^#%]+)#(\d\d)%$/.exec(text)
  if (long !== null) {
    const [, body = '', digits = ''] = long
    const right = checkDigits(body)
    return digits === right
      ? replyOf(body)
      : refused('checksum_wrong', `the check digits are ${digits} and must be ${right}`)
  }
  const [, body = ''] = /^#([^#%]+)%$/.exec(text) ?? []
  return bearsValue.test(body)
    ? refused('checksum_missing', 'a reply with a value must carry check digits')
    : replyOf(body)
}

/** A preset in exactly these bytes, as the head sees it; null when it is none. */
export function readPreset(raw: Uint8Array): NeogiCommand | null {
  const form = /^#(SL(\d{4})\.(\d\d)\$\*([A-Z0-9]{0,10}) *)#(\d\d)%$/
  const [, body = '', whole = '', fraction = '', vehicle = '', digits] =
    form.exec(asciiText(raw)) ?? []
  const hundredths = Number(whole + fraction)
  const lengthOfBody = 'SL0000.00$*'.length + 10
  if (body.length !== lengthOfBody || digits !== checkDigits(body) || hundredths === 0) return null
  return presetCommand(hundredths, vehicle)
}

/** Length of `#…%` or `#…#cc%` from an offset on. */
export function measureFramed(bytes: Uint8Array, from: number): Measured {
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

function parseReply(raw: Uint8Array): NeogiReply | null {
  const reply = readReply(raw)
  return reply.ok ? reply.value : null
}

function replyOf(body: string): Result<NeogiReply, Refused> {
  if (body === 'OK') return ok({ kind: 'ok' })
  if (body === 'INVALID') return ok({ kind: 'invalid' })
  const rest = body.slice(2)
  switch (body.slice(0, 2)) {
    case 'ST':
      return /^[A-Z0-9]{1,12}$/.test(rest)
        ? ok({ kind: 'status', state: stateOfCode(rest), code: rest })
        : refused('unknown_reply', `no status code: ${body}`)
    case 'VT':
      return valueReply('totaliser', rest)
    case 'RV':
      return valueReply('running', rest)
    case 'LT':
      return lastSale(rest)
    default:
      return refused('unknown_reply', `no reply begins so: ${body}`)
  }
}

function valueReply(kind: 'totaliser' | 'running', text: string): Result<NeogiReply, Refused> {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Decimal.of(text) : null
  return value === null ? refused('field_wrong', `no decimal number: ${text}`) : ok({ kind, value })
}

function lastSale(text: string): Result<NeogiReply, Refused> {
  const fields = text.split('&')
  return fields.length < 2
    ? refused('unknown_reply', 'a last sale has fields between & signs')
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

function refused(code: string, reason: string): Result<never, Refused> {
  return err({ code, reason })
}
