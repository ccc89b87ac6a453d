import { assert } from '@baari/shared/faults/assert'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Codec } from '../../ports/bus.ts'
import { asciiBytes, asciiText, isPrintable } from '../ascii.ts'
import {
  createFrameBuffer,
  reasonedRules,
  type FrameRules,
  type Measured,
} from '../frame-buffer.ts'
import {
  tlsCheck,
  tlsFloat,
  type TankInventory,
  type TlsFloat,
  type TlsReply,
  type TlsRequest,
} from './frames.ts'

const soh = 0x01
const etx = 0x03
const start = '\x01'
const end = '\x03'
/** Sixteen tanks of 65 characters, with room for more values in each. */
const longestFrame = 2_048
const requestLength = '.i20100'.length
const shortestFrame = '.9999FF1B.'.length
/** One gauge on its own line or socket. */
const onlyAddress = 1
const inventoryFunction = '201'
const unknownCommand = '9999'

/** What the gauge sends. A whole frame that is refused says why. */
export const tlsReplyRules = reasonedRules<TlsReply>(measureReply, readReply)

/** What the host sends: a request has no end, so it ends where the next frame begins. */
export const tlsRequestRules: FrameRules<TlsRequest> = {
  measure(bytes, from) {
    if (bytes[from] !== soh) return 'impossible'
    const behind = bytes[from + requestLength]
    if (bytes.length < from + requestLength) return 'more'
    return behind === undefined || behind === soh ? requestLength : 'impossible'
  },
  parse: readRequest,
}

/** The computer format of a TLS-350 as the asking side sees it. Read only. */
export function createTls350Codec(): Codec<TlsRequest, TlsReply> {
  const buffer = createFrameBuffer(tlsReplyRules)
  return {
    encode: encodeRequest,
    feed: (bytes) => buffer.feed(bytes),
    tick: () => buffer.tick(),
    reset: () => buffer.reset(),
    pending: () => buffer.pending(),
    expect: (request) => (reply) =>
      reply.kind === 'unknown-command' || replySignature(reply) === signatureOf(request),
    stopsBackToBack: false,
    lateReplies: { rule: 'other-form' },
    repliesRepeatRequest: true,
    addressOf: () => onlyAddress,
    replyAddress: () => onlyAddress,
    signature: signatureOf,
    replySignature,
  }
}

export function encodeRequest({ fn, tank }: TlsRequest): Uint8Array {
  assert(/^[0-9A-Z]{3}$/.test(fn), 'a function has three characters')
  assert(/^\d{2}$/.test(tank), 'a tank has two digits')
  return asciiBytes(`${start}i${fn}${tank}`)
}

/** A request in exactly these bytes; null when they are none. It has no end and no check value. */
function readRequest(raw: Uint8Array): TlsRequest | null {
  const match = /^\x01i([0-9A-Z]{3})(\d{2})$/.exec(asciiText(raw))
  return match === null ? null : { kind: 'read', fn: match[1] ?? '', tank: match[2] ?? '' }
}

/** What the gauge sends; for simulators and tests. */
export function encodeReply(reply: TlsReply): Uint8Array {
  if (reply.kind === 'unknown-command') return sealed(`${start}${unknownCommand}`)
  const fn = reply.kind === 'inventory' ? inventoryFunction : reply.fn
  const body = reply.kind === 'inventory' ? reply.tanks.map(tankText).join('') : reply.body
  return sealed(`${start}i${fn}${reply.tank}${reply.gaugeTime}${body}&&`)
}

/** A reply in exactly these bytes, or why it is refused. */
function readReply(raw: Uint8Array): Result<TlsReply, string> {
  const text = asciiText(raw)
  const checked = text.slice(0, -5)
  const check = text.slice(-5, -1)
  if (check !== tlsCheck(checked)) return err('check value')
  if (checked === `${start}${unknownCommand}`) return ok({ kind: 'unknown-command' })
  const match = /^\x01i([0-9A-Z]{3})(\d{2})(\d{10})(.*)&&$/.exec(checked)
  if (match === null) return err('no reply of the computer format')
  const [, fn = '', tank = '', gaugeTime = '', body = ''] = match
  if (fn !== inventoryFunction) return ok({ kind: 'report', fn, tank, gaugeTime, body })
  const tanks = tanksIn(body)
  return tanks === null
    ? err('the values do not fit their count')
    : ok({ kind: 'inventory', tank, gaugeTime, tanks })
}

/** Length from SOH to ETX. Neither may stand inside a frame, so a torn one ends at the next SOH. */
function measureReply(bytes: Uint8Array, from: number): Measured {
  if (bytes[from] !== soh) return 'impossible'
  for (let at = from + 1; at < from + longestFrame; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) return 'more'
    if (byte === etx) {
      const length = at + 1 - from
      return length < shortestFrame ? 'impossible' : length
    }
    if (!isPrintable(byte)) return 'impossible'
  }
  return 'impossible'
}

/** Tanks follow each other without a separator: 9 characters, then as many values as the last two say. */
function tanksIn(body: string): readonly TankInventory[] | null {
  const tanks: TankInventory[] = []
  let at = 0
  while (at < body.length) {
    const head = /^(\d{2})(.)([0-9A-F]{4})([0-9A-F]{2})$/.exec(body.slice(at, at + 9))
    if (head === null) return null
    const [, tank = '', product = '', statusBits = '', count = ''] = head
    const from = at + 9
    at = from + Number.parseInt(count, 16) * 8
    const values = floatsIn(body.slice(from, at))
    if (at > body.length || values === null) return null
    tanks.push({ tank, product, statusBits, values })
  }
  return tanks
}

function floatsIn(text: string): readonly TlsFloat[] | null {
  const floats: TlsFloat[] = []
  for (let at = 0; at < text.length; at += 8) {
    const float = tlsFloat(text.slice(at, at + 8))
    if (float === null) return null
    floats.push(float)
  }
  return floats
}

function tankText({ tank, product, statusBits, values }: TankInventory): string {
  const count = values.length.toString(16).toUpperCase().padStart(2, '0')
  return `${tank}${product}${statusBits}${count}${values.map(({ hex }) => hex).join('')}`
}

function sealed(text: string): Uint8Array {
  return asciiBytes(`${text}${tlsCheck(text)}${end}`)
}

function signatureOf({ fn, tank }: TlsRequest): string {
  return `${fn}:${tank}`
}

function replySignature(reply: TlsReply): string | null {
  switch (reply.kind) {
    case 'inventory':
      return `${inventoryFunction}:${reply.tank}`
    case 'report':
      return `${reply.fn}:${reply.tank}`
    case 'unknown-command':
      return null
  }
}
