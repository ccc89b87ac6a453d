import { z } from 'zod'
import { Decimal } from '../decimal.ts'
import { JsonNumber, type JsonValue } from './json-text.ts'

/** A number by its own digits; quantities and amounts are never negative. */
const decimal = z
  .custom<JsonNumber>((value) => value instanceof JsonNumber)
  .transform(({ text }, context) => {
    const value = Decimal.of(text)
    if (value !== null && value.count >= 0) return value
    context.addIssue({ code: 'custom', message: 'no decimal number of our range' })
    return z.NEVER
  })

/** A whole number within its range; `2.0` is one. */
const whole = (min: number, max: number) =>
  decimal.transform((value, context) => {
    const count = value.countAt(0)
    if (count !== null && count >= min && count <= max) return count
    context.addIssue({ code: 'custom', message: `no whole number from ${min} to ${max}` })
    return z.NEVER
  })

export const lastTransaction = 65_535

const pump = whole(1, 120)
/** 0 is no nozzle. */
const nozzle = whole(0, 6)
const oneNozzle = whole(1, 6)
const transaction = whole(0, lastTransaction)
const text = z.string().max(256)
const code = whole(0, 1_000_000)

/** The controller answers with a number or with the same number as a string. */
export const idSchema = z.union([
  whole(0, 1_000_000_000),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
])

function packet<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({ Id: idSchema, Type: z.literal(type), Data: data })
}

/** The fields we read; the others stay as they came, because a newer firmware may send more. */
function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.looseObject(shape)
}

const onPump = fields({ Pump: pump })
const authorise = { Pump: pump, Nozzle: oneNozzle, Price: decimal.optional() }
const authoriseMore = { Transaction: transaction.optional(), Tag: text.optional() }

const authorisation = z.discriminatedUnion('Type', [
  fields({ ...authorise, Type: z.literal('Volume'), Dose: decimal, ...authoriseMore }),
  fields({ ...authorise, Type: z.literal('Amount'), Dose: decimal, ...authoriseMore }),
  fields({ ...authorise, Type: z.literal('FullTank'), ...authoriseMore }),
])

/** One per nozzle in their order; the controller has at most six. */
const prices = z.array(decimal).min(1).max(6)

/** What we send, under the vendor's own names (jsonPTS specification, revision 129). */
const requests = [
  packet('PumpGetStatus', onPump),
  packet('PumpAuthorize', authorisation),
  packet('PumpStop', onPump),
  packet('PumpEmergencyStop', onPump),
  packet('PumpSuspend', onPump),
  packet('PumpResume', onPump),
  packet('PumpCloseTransaction', fields({ Pump: pump, Transaction: transaction })),
  packet('PumpGetTotals', fields({ Pump: pump, Nozzle: oneNozzle })),
  packet('PumpGetTransactionInformation', fields({ Pump: pump, Transaction: transaction })),
  packet('PumpGetPrices', onPump),
  packet('PumpSetPrices', fields({ Pump: pump, Prices: prices })),
] as const

const sale = { Nozzle: nozzle, Volume: decimal, Price: decimal, Amount: decimal }
const times = { DateTimeStart: text.optional(), DateTime: text.optional() }
const totals = { TotalVolume: decimal.optional(), TotalAmount: decimal.optional() }
const last = {
  LastNozzle: nozzle.optional(),
  LastTransaction: transaction.optional(),
  LastVolume: decimal.optional(),
  LastPrice: decimal.optional(),
  LastAmount: decimal.optional(),
  LastTotalVolume: decimal.optional(),
  LastTotalAmount: decimal.optional(),
}
const standing = {
  NozzleUp: nozzle.optional(),
  Nozzle: nozzle.optional(),
  Request: text.optional(),
}

const replies = [
  packet(
    'PumpIdleStatus',
    fields({ Pump: pump, ...standing, Transaction: transaction.optional(), ...last }),
  ),
  packet(
    'PumpFillingStatus',
    fields({
      Pump: pump,
      ...sale,
      Transaction: transaction,
      ...times,
      IsSuspended: z.boolean().optional(),
    }),
  ),
  packet(
    'PumpEndOfTransactionStatus',
    fields({
      Pump: pump,
      ...sale,
      Transaction: transaction,
      ...totals,
      ...times,
      NozzleUp: nozzle.optional(),
    }),
  ),
  packet('PumpOfflineStatus', fields({ Pump: pump, State: text.optional(), ...standing, ...last })),
  packet(
    'PumpTotals',
    fields({
      Pump: pump,
      Nozzle: oneNozzle,
      Volume: decimal,
      Amount: decimal.optional(),
      Transaction: transaction.optional(),
    }),
  ),
  packet('PumpPrices', fields({ Pump: pump, Prices: prices })),
  packet(
    'PumpTransactionInformation',
    fields({
      Pump: pump,
      Transaction: transaction,
      State: text,
      ...sale,
      ...totals,
      ...times,
      Tag: text.optional(),
    }),
  ),
  packet('PumpAuthorizeConfirmation', fields({ Pump: pump, Transaction: transaction })),
] as const

const requestTypes = new Set<unknown>(requests.map(({ shape }) => shape.Type.value))

export function isRequestType(type: unknown): boolean {
  return requestTypes.has(type)
}

export const requestSchema = z.discriminatedUnion('Type', [...requests])
export type Pts2Request = z.infer<typeof requestSchema>

export const replySchema = z.discriminatedUnion('Type', [...replies])
export type Pts2Reply = z.infer<typeof replySchema>

/** A command without values of its own is confirmed by its name and `OK`. */
export const confirmationSchema = z.object({
  Id: idSchema,
  Type: text,
  Error: z.literal(false).optional(),
  Message: z.literal('OK'),
})

export const errorSchema = z.object({
  Id: idSchema,
  Type: text.optional(),
  Error: z.literal(true),
  Code: code.optional(),
  Message: text,
})

/** An object of any members; a number is an object of our reader's, and none of these. */
const rawPacket = z.custom<Readonly<Record<string, JsonValue>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonNumber),
  'a packet is an object',
)

export const messageSchema = z.object({
  Protocol: z.literal('jsonPTS'),
  Packets: z.array(rawPacket).min(1).max(128),
})
