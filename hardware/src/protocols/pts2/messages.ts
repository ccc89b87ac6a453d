import { err, ok, type Result } from '@baari/shared/faults/result'
import type { z } from 'zod'
import { Decimal } from '../decimal.ts'
import {
  confirmationSchema,
  errorSchema,
  idSchema,
  isRequestType,
  lastTransaction,
  messageSchema,
  replySchema,
  requestSchema,
  type Pts2Reply,
  type Pts2Request,
} from './contract.ts'
import { pts2Error, type Pts2Error } from './errors.ts'
import { JsonNumber, readJson, writeJson, type JsonValue, type NoJson } from './json-text.ts'

/** Longest message read; 128 status packets fit. Nothing is kept between messages. */
const longestMessage = 131_072

/** Why there is no packet; the codes are those of the decoders of recorded bytes. */
export type Refused = { readonly code: string; readonly reason: string }

export type Pts2Packet =
  | { readonly kind: 'request'; readonly id: number; readonly packet: Pts2Request }
  | { readonly kind: 'reply'; readonly id: number; readonly packet: Pts2Reply }
  | { readonly kind: 'confirmed'; readonly id: number; readonly type: string }
  | {
      readonly kind: 'error'
      readonly id: number
      readonly type: string | null
      readonly error: Pts2Error
    }
  /** Its id is kept where it can be read, so that whoever asked need not wait in vain. */
  | ({ readonly kind: 'refused'; readonly id: number | null } & Refused)

/**
 * The packets of one message, a whole HTTP body or WebSocket message. Never throws. The message is
 * refused when it is no jsonPTS; a packet that breaks the contract is refused alone.
 */
export function readMessage(bytes: Uint8Array): Result<readonly Pts2Packet[], Refused> {
  if (bytes.length > longestMessage) return refused('too_long', `${bytes.length} bytes`)
  const text = utf8(bytes)
  if (text === null) return refused('not_text', 'the bytes are no UTF-8')
  const json = readJson(text)
  if (!json.ok) return notJson(json.error)
  const message = messageSchema.safeParse(json.value)
  return message.success
    ? ok(message.data.Packets.map((packet) => readPacket(packet)))
    : refused('field_wrong', complaintOf(message.error))
}

/** What may stand in a message; confirmations and errors are written by simulators alone. */
export type Pts2Written =
  Pts2Request | Pts2Reply | z.infer<typeof confirmationSchema> | z.infer<typeof errorSchema>

/** One message with these packets, numbers written by their own text. */
export function writeMessage(packets: readonly Pts2Written[]): Uint8Array {
  const message = { Protocol: 'jsonPTS', Packets: packets.map(jsonOf) }
  return new TextEncoder().encode(writeJson(message))
}

/**
 * Whether this packet can answer that request: same id, and the pump, nozzle and transaction that
 * were asked. An error or a confirmation under the same id can too.
 */
export function answers(request: Pts2Request, packet: Pts2Packet): boolean {
  if (packet.kind === 'request' || packet.kind === 'refused' || packet.id !== request.Id) {
    return false
  }
  if (packet.kind === 'error') return packet.type === null || packet.type === request.Type
  if (packet.kind === 'confirmed') return !isQuestion(request) && packet.type === request.Type
  return repliesTo(request, packet.packet)
}

/** Number of the next transaction: after 65,535 comes 1 (D13), so it is no identity by itself. */
export function nextTransaction(transaction: number): number {
  return transaction >= lastTransaction ? 1 : transaction + 1
}

const statuses = [
  'PumpIdleStatus',
  'PumpFillingStatus',
  'PumpEndOfTransactionStatus',
  'PumpOfflineStatus',
] as const

/** Commands that have no reply of their own are only confirmed. */
const replyTypes: Readonly<Record<Pts2Request['Type'], readonly Pts2Reply['Type'][]>> = {
  PumpGetStatus: statuses,
  PumpAuthorize: ['PumpAuthorizeConfirmation'],
  PumpGetTotals: ['PumpTotals'],
  PumpGetTransactionInformation: ['PumpTransactionInformation'],
  PumpGetPrices: ['PumpPrices'],
  PumpStop: [],
  PumpEmergencyStop: [],
  PumpSuspend: [],
  PumpResume: [],
  PumpCloseTransaction: [],
  PumpSetPrices: [],
}

function repliesTo(request: Pts2Request, { Type, Data }: Pts2Reply): boolean {
  if (!replyTypes[request.Type].includes(Type) || Data.Pump !== request.Data.Pump) return false
  if (request.Type === 'PumpGetTotals') return Data['Nozzle'] === request.Data.Nozzle
  return (
    request.Type !== 'PumpGetTransactionInformation' ||
    Data['Transaction'] === request.Data.Transaction
  )
}

function isQuestion({ Type }: Pts2Request): boolean {
  return Type.startsWith('PumpGet')
}

type RawPacket = z.infer<typeof messageSchema>['Packets'][number]

function readPacket(raw: RawPacket): Pts2Packet {
  if (raw['Error'] === true) return readError(raw)
  if (!('Data' in raw)) return readConfirmation(raw)
  if (isRequestType(raw['Type'])) {
    const request = requestSchema.safeParse(raw)
    if (!request.success) return refusedPacket(raw, request.error)
    return { kind: 'request', id: request.data.Id, packet: request.data }
  }
  const reply = replySchema.safeParse(raw)
  if (!reply.success) return refusedPacket(raw, reply.error)
  return { kind: 'reply', id: reply.data.Id, packet: reply.data }
}

function readConfirmation(raw: RawPacket): Pts2Packet {
  const confirmed = confirmationSchema.safeParse(raw)
  if (!confirmed.success) return refusedPacket(raw, confirmed.error)
  return { kind: 'confirmed', id: confirmed.data.Id, type: confirmed.data.Type }
}

function readError(raw: RawPacket): Pts2Packet {
  const error = errorSchema.safeParse(raw)
  if (!error.success) return refusedPacket(raw, error.error)
  const { Id: id, Type: type = null, Code: code = null, Message: name } = error.data
  return { kind: 'error', id, type, error: pts2Error(name, code) }
}

function refusedPacket(raw: RawPacket, error: z.ZodError): Pts2Packet {
  const code = error.issues[0]?.path[0] === 'Type' ? 'unknown_type' : 'field_wrong'
  const id = idSchema.safeParse(raw['Id'])
  return { kind: 'refused', id: id.success ? id.data : null, code, reason: complaintOf(error) }
}

function complaintOf(error: z.ZodError): string {
  const [first] = error.issues
  return `${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`
}

/** Numbers of a parsed packet as they are written. */
function jsonOf(value: unknown): JsonValue {
  if (value instanceof JsonNumber) return value
  if (value instanceof Decimal) return new JsonNumber(value.text)
  if (typeof value === 'number') return new JsonNumber(String(value))
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return null
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, jsonOf(member)]))
}

function notJson({ at, torn }: NoJson): Result<never, Refused> {
  return torn
    ? refused('frame_torn', `the message ends early, after ${at} characters`)
    : refused('not_json', `no JSON at character ${at}`)
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function refused(code: string, reason: string): Result<never, Refused> {
  return err({ code, reason })
}
