import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { drawnQr } from '../../../src/drivers/escpos/drawn-qr.ts'
import { drawnText } from '../../../src/drivers/escpos/drawn-text.ts'
import { fillOutline, type Edge } from '../../../src/drivers/escpos/fill-outline.ts'
import { fontOfWoff } from '../../../src/drivers/escpos/woff-font.ts'
import type { PrintPage } from '../../../src/ports/printer.ts'
import { encodePage, paperDots, type Raster } from '../../../src/protocols/escpos/commands.ts'
import { EscPosDecoder } from '../../../src/protocols/escpos/decoder.ts'
import { printedQrs } from '../../../src/simulators/printed-qr.ts'
import {
  isRealTimeStatus,
  offlineReason,
  paperReason,
  printedReason,
} from '../../../src/protocols/escpos/status.ts'
import { bytesOfHex, vectorFile } from '../../vectors/vector-files.ts'

const vectors = vectorFile(
  'escpos_vectors.json',
  z.object({
    commands: z.array(z.object({ hex: z.string(), item: z.looseObject({ kind: z.string() }) })),
    status: z.array(
      z.object({
        hex: z.string(),
        question: z.enum(['offline', 'paper', 'printed']),
        reason: z.string().nullable(),
      }),
    ),
  }),
)

describe('vectors of ESC/POS', () => {
  it.each(vectors.commands)('$hex is read as it is printed', ({ hex, item }) => {
    const read = new EscPosDecoder().feed(bytesOfHex(hex))
    expect(JSON.parse(JSON.stringify(read.map(plain)))).toEqual([item])
  })

  it.each(vectors.status)('status $hex to the question $question says $reason', (vector) => {
    const reasons = { offline: offlineReason, paper: paperReason, printed: printedReason }
    const byte = bytesOfHex(vector.hex)[0] ?? 0
    expect(reasons[vector.question](byte)).toBe(vector.reason)
    if (vector.question !== 'printed') expect(isRealTimeStatus(byte)).toBe(true)
  })
})

function plain(item: ReturnType<EscPosDecoder['feed']>[number]) {
  return item.kind === 'raster'
    ? { ...item, raster: { ...item.raster, bits: [...item.raster.bits] } }
    : item
}

const drawing = { text: drawnText, qr: drawnQr }

const ticket: PrintPage = {
  lines: [
    { kind: 'text', text: 'Simulated station', scale: 1, align: 'centre' },
    { kind: 'text', text: 'W-57', scale: 4, align: 'centre' },
    { kind: 'text', text: 'आपकी बारी क्षण भर में', scale: 2, align: 'centre' },
    { kind: 'rule' },
    { kind: 'qr', text: 'BAARI1:6BFOXN*TS0BI$ZD4N9' },
  ],
}

it('a page is read back as it was asked, however the bytes are cut', () => {
  const bytes = encodePage(ticket, drawing)
  const whole = new EscPosDecoder().feed(bytes)
  expect(whole.map(({ kind }) => kind)).toEqual([
    ...['reset', 'text', 'text', 'raster', 'text', 'raster', 'raster', 'feed'],
  ])
  expect(whole[2]).toEqual({ kind: 'text', text: 'W-57', scale: 4, align: 'centre' })
  expect(printedQrs(whole)).toEqual(['BAARI1:6BFOXN*TS0BI$ZD4N9'])
  for (const size of [1, 7, 64]) {
    const decoder = new EscPosDecoder()
    const cut: unknown[] = []
    for (let from = 0; from < bytes.length; from += size)
      cut.push(...decoder.feed(bytes.subarray(from, from + size)))
    expect(cut).toEqual(whole)
  }
})

it.each([1, 40, 130, 300, 512])(
  'a QR of %d letters fits the paper and is read from its dots',
  (length) => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:'
    const text = Array.from({ length }, (_, at) => letters[(at * 7) % letters.length]).join('')
    const printed = new EscPosDecoder().feed(encodePage({ lines: [{ kind: 'qr', text }] }, drawing))
    expect(printedQrs(printed)).toEqual([text])
    for (const item of printed)
      if (item.kind === 'raster') expect(item.raster.widthDots).toBeLessThanOrEqual(paperDots)
  },
)

it('a long line of plain letters is broken at the paper’s edge and keeps every letter', () => {
  const text = 'x'.repeat(70)
  const page = encodePage({ lines: [{ kind: 'text', text, scale: 2, align: 'left' }] }, drawing)
  const rows = new EscPosDecoder()
    .feed(page)
    .flatMap((item) => (item.kind === 'text' ? item.text : []))
  expect(rows.map(({ length }) => length)).toEqual([16, 16, 16, 16, 6])
})

it('20,000 seeded dirty pieces neither make the reader throw nor grow', () => {
  const prng = seededPrng(5)
  const decoder = new EscPosDecoder()
  const starts = [0x1b, 0x1d, 0x10, 0x0a, 0x28, 0x76, 0x30]
  let items = 0
  for (let piece = 0; piece < 20_000; piece += 1) {
    const bytes = Uint8Array.from({ length: wholeBetween(prng, 1, 8) }, () =>
      prng.next() < 0.4
        ? (starts[wholeBetween(prng, 0, starts.length - 1)] ?? 0)
        : wholeBetween(prng, 0, 255),
    )
    items += decoder.feed(bytes).length
  }
  expect(items).toBeGreaterThan(100)
})

describe('text the printer has no letters for', () => {
  const black = ({ bits }: Raster): number =>
    bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)

  it('Hindi is drawn inside the paper, in black', () => {
    const picture = drawnText('प्रतीक्षा लगभग 12 मिनट', 2)
    expect(picture.widthDots).toBeLessThanOrEqual(paperDots)
    expect(picture.bits).toHaveLength((picture.widthDots / 8) * picture.heightDots)
    expect(black(picture)).toBeGreaterThan(1_000)
  })

  it('letters that join are joined: a conjunct is narrower than its letters side by side', () => {
    expect(drawnText('क्ष', 4).widthDots).toBeLessThan(drawnText('कष', 4).widthDots)
  })

  it('a vowel sign that is written before its letter is drawn before it', () => {
    // In "कि" the sign stands left of क, though it is typed after it.
    const [sign, plainLetter] = [drawnText('कि', 4), drawnText('क', 4)]
    const column = (picture: Raster): number => {
      const rowBytes = picture.widthDots / 8
      let ink = 0
      for (let row = 60; row < picture.heightDots - 20; row += 1)
        ink += black({
          ...picture,
          bits: picture.bits.subarray(row * rowBytes, row * rowBytes + 2),
        })
      return ink
    }
    expect(sign.widthDots).toBeGreaterThan(plainLetter.widthDots)
    expect(column(sign)).toBeGreaterThan(0)
    expect(drawnText('की', 4).bits).not.toEqual(sign.bits)
  })

  it('a text wider than the paper goes on the next line', () => {
    const one = drawnText('बारी', 2)
    const many = drawnText('बारी '.repeat(12), 2)
    expect(many.heightDots).toBeGreaterThan(one.heightDots)
    expect(many.heightDots % one.heightDots).toBe(0)
  })

  it('a letter no font has is an empty box, so that its absence is seen', () => {
    const [one, two] = [drawnText('漢', 2), drawnText('漢字', 2)]
    expect(black(one)).toBeGreaterThan(0)
    expect(black(two)).toBeGreaterThan(black(one))
  })

  it('an outline is filled inside and left white in its hole', () => {
    const square = (low: number, high: number, around: boolean): readonly Edge[] => {
      const corners = [
        [low, low],
        [high, low],
        [high, high],
        [low, high],
      ] as const
      const order = around ? corners : [...corners].reverse()
      return order.map(([x0, y0], index) => {
        const [x1, y1] = order[(index + 1) % 4] ?? [0, 0]
        return { x0, y0, x1, y1 }
      })
    }
    const ring = fillOutline([...square(1, 7, true), ...square(3, 5, false)], {
      widthDots: 8,
      heightDots: 8,
    })
    expect([...ring.bits]).toEqual([
      0, 0b01111110, 0b01111110, 0b01100110, 0b01100110, 0b01111110, 0b01111110, 0,
    ])
  })

  it('a file that is no WOFF is refused', () => {
    expect(() => fontOfWoff(new Uint8Array(64))).toThrow(RangeError)
  })
})
