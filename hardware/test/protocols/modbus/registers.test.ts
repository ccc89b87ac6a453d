import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { crc16Modbus } from '../../../src/protocols/modbus/crc.ts'
import { wordsAt } from '../../../src/protocols/modbus/frames.ts'
import {
  decodeRegisters,
  encodeRegisters,
  registerTypes,
  wordOrders,
  type RegisterType,
  type WordOrder,
} from '../../../src/protocols/modbus/registers.ts'
import { bytesOfHex, vectorFile } from '../../vectors/vector-files.ts'

const order = z.enum(wordOrders)
const vectors = vectorFile(
  'modbus_vectors.json',
  z.object({
    word_orders: z.partialRecord(
      order,
      z.object({
        registers: z.string(),
        value: z.number(),
        misread_as: z.partialRecord(order, z.number()),
      }),
    ),
    special: z.record(z.string(), z.union([z.string(), z.number()])),
    double_total: z.object({ value: z.number(), hex: z.string() }),
  }),
)

function decodeHex(hex: string, type: RegisterType, wordOrder: WordOrder): number | null {
  const bytes = bytesOfHex(hex)
  return decodeRegisters(wordsAt(bytes, 0, bytes.length / 2), { type, order: wordOrder })
}

it.each(wordOrders)('M01 8.25 on the wire in %s is read in that order alone', (wordOrder) => {
  const vector = vectors.word_orders[wordOrder]
  expect(decodeHex(vector?.registers ?? '', 'float32', wordOrder)).toBe(vector?.value)
  for (const other of wordOrders) {
    const misread = vector?.misread_as[other]
    if (misread === undefined) continue
    expect(decodeHex(vector?.registers ?? '', 'float32', other)).toBeCloseTo(misread, 50)
  }
})

it('M03 NaN and infinity are no number', () => {
  expect(decodeHex(String(vectors.special['NaN (E+H failure mode)']), 'float32', 'ABCD')).toBeNull()
  expect(decodeHex(String(vectors.special['+Inf']), 'float32', 'ABCD')).toBeNull()
})

it('a double total keeps the gram a float32 loses', () => {
  const { hex, value } = vectors.double_total
  expect(decodeHex(hex, 'float64', 'ABCD')).toBe(value)
  const asFloat = encodeRegisters(value, { type: 'float32', order: 'ABCD' })
  expect(decodeRegisters(asFloat ?? [], { type: 'float32', order: 'ABCD' })).not.toBe(value)
})

it('a BCD counter with a digit above nine is no number', () => {
  expect(decodeHex('12 3A 56 78', 'bcd32', 'ABCD')).toBeNull()
  expect(decodeHex('12 34 56 78', 'bcd32', 'ABCD')).toBe(12_345_678)
})

it('an integer beyond 2^53 - 1 is refused rather than rounded', () => {
  expect(decodeHex('00 20 00 00 00 00 00 00', 'u64', 'ABCD')).toBeNull()
  expect(decodeHex('00 1F FF FF FF FF FF FF', 'u64', 'ABCD')).toBe(Number.MAX_SAFE_INTEGER)
})

it('the wrong number of registers is no number', () => {
  expect(decodeRegisters([1], { type: 'u32', order: 'ABCD' })).toBeNull()
})

it('every type and order gives back the whole number it was given, or refuses it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...registerTypes.filter((type) => type !== 'float32')),
      fc.constantFrom(...wordOrders),
      fc.maxSafeInteger(),
      (type, wordOrder, value) => {
        const form = { type, order: wordOrder }
        const words = encodeRegisters(value, form)
        if (words !== null) expect(decodeRegisters(words, form)).toBe(value)
      },
    ),
  )
})

it('the check value is CRC-16/MODBUS', () => {
  expect(crc16Modbus(new TextEncoder().encode('123456789'))).toBe(0x4b37)
})
