import { manualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { mono } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { z } from 'zod'
import {
  longestPayload,
  ScanFramer,
  type ScannerEvent,
} from '../../src/drivers/serial-qr/framing.ts'
import { serialQrConfigSchema } from '../../src/drivers/serial-qr/manifest.ts'
import { createSerialQr } from '../../src/drivers/serial-qr/serial-qr.ts'
import { SimulatedScanner } from '../../src/simulators/simulated-scanner.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import { scannerContract } from '../contracts/scanner.contract.ts'
import { pass } from '../rigs/turn-clock.ts'
import { vectorFile } from '../vectors/vector-files.ts'

const settings = {
  queryHex: '7E 00 07 01 00 00 01 AB CD',
  answerHex: '02 00 00 01 00 33 31',
}

function scannerOnMemory(options: Record<string, unknown> = {}) {
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  const reader = new SimulatedScanner()
  far.start()
  reader.attach(far)
  const config = serialQrConfigSchema.parse({ id: 's1', lane: 1, ...options })
  const scanner = createSerialQr(config, { clock, log: () => undefined, pipe: near })
  const eventually = async (condition: () => boolean, what: string): Promise<void> => {
    for (let turn = 0; turn < 200 && !condition(); turn += 1) await pass(clock, 10, 10)
    expect(condition(), what).toBe(true)
  }
  return { clock, near, scanner, reader, eventually, dispose: () => Promise.resolve() }
}

scannerContract('serial-qr on a memory wire', () => Promise.resolve(scannerOnMemory()))

const vectors = vectorFile(
  'scanner_vectors.json',
  z.object({
    cases: z.array(
      z.object({
        bytes_ascii: z.string(),
        expect: z.union([z.string(), z.array(z.string()), z.null()]),
        aim: z.string().optional(),
        note: z.string().optional(),
      }),
    ),
  }),
)

/** The chunks of a vector, 20 ms apart. */
function chunksOf(written: string): readonly Uint8Array[] {
  if (written.includes('(hex)')) {
    const hex = written.replace('(hex)', '').trim().split(' ')
    return [Uint8Array.from(hex, (pair) => Number.parseInt(pair, 16))]
  }
  if (written.includes('garbage 4096 bytes')) {
    return [Uint8Array.of(0, 0xff, 0xfe), new Uint8Array(4_096).fill(0x20)]
  }
  const text = written.replace(/ \(.*\)$/, '')
  const bytes = text
    .replaceAll('\\r', '\r')
    .replaceAll('\\n', '\n')
    .replaceAll('\\x02', '\x02')
    .replaceAll('\\x03', '\x03')
  return bytes.split('|').map((part) => new TextEncoder().encode(part))
}

function framed(chunks: readonly Uint8Array[]): readonly ScannerEvent[] {
  const framer = new ScanFramer({ suffix: 'auto', qrOnly: true })
  const events = chunks.flatMap((chunk, index) => framer.feed(chunk, mono(index * 20)))
  return [...events, ...framer.tick(mono(chunks.length * 20 + 100))]
}

const framingCases = vectors.cases.filter((vector) => !vector.bytes_ascii.startsWith('same token'))

it.each(framingCases)('vector $bytes_ascii gives $expect', (vector) => {
  const payloads = framed(chunksOf(vector.bytes_ascii)).flatMap((event) =>
    event.kind === 'payload' ? [event] : [],
  )
  const wanted =
    vector.expect === 'control reply, not a scan' || vector.expect === null
      ? []
      : [vector.expect].flat()
  expect(payloads.map((event) => event.text)).toEqual(wanted)
  if (vector.aim !== undefined) expect(payloads[0]?.aim).toBe(vector.aim)
})

it('the vectors that are no scan are each told for what they are', () => {
  const kind = (part: string) =>
    framed(
      chunksOf(framingCases.find((vector) => vector.bytes_ascii.includes(part))?.bytes_ascii ?? ''),
    )[0]?.kind
  expect(kind('NoRead')).toBe('no-read')
  expect(kind('garbage')).toBe('overflow')
  expect(kind(']C1')).toBe('refused-symbology')
  expect(kind('(hex)')).toBe('control-reply')
})

it('vector same token 10x at 100 ms gives 1 event, also when it is held for ten seconds', async () => {
  const { clock, scanner, reader } = scannerOnMemory()
  await scanner.start()
  for (let read = 0; read < 100; read += 1) {
    reader.scan('QV1.TOKEN.abc')
    await pass(clock, 100, 100)
  }
  expect(scanner.counters()).toMatchObject({ scans: 1, repeats: 99 })
  await pass(clock, 3_100, 100)
  reader.scan('QV1.TOKEN.abc')
  await pass(clock, 100)
  expect(scanner.counters().scans).toBe(2)
})

it('Q04 without a terminator 50 ms of silence end a code, and a pause of 20 ms inside it does not', async () => {
  const { clock, scanner, reader } = scannerOnMemory({ suffix: 'none' })
  const texts: string[] = []
  scanner.onScan(({ text }) => texts.push(text))
  await scanner.start()
  reader.send(new TextEncoder().encode('BAARI1:AB'))
  await pass(clock, 20, 1)
  reader.send(new TextEncoder().encode('CD'))
  await pass(clock, 45, 1)
  expect(texts).toEqual([])
  await pass(clock, 10, 1)
  expect(texts).toEqual(['BAARI1:ABCD'])
  reader.send(new TextEncoder().encode('BAARI1:EF'))
  await pass(clock, 100, 1)
  expect(texts).toEqual(['BAARI1:ABCD', 'BAARI1:EF'])
})

it('Q03 NUL and invalid UTF-8 are garbage, counted, and cost no later scan', async () => {
  const { clock, scanner, reader } = scannerOnMemory()
  await scanner.start()
  reader.send(Uint8Array.of(0, 1, 2, 13))
  reader.send(Uint8Array.of(0xc3, 0x28, 13))
  reader.scan('GOOD')
  await pass(clock, 100)
  expect(scanner.counters()).toMatchObject({ garbage: 2, scans: 1 })
})

it('Q08 a reader changed by a configuration barcode is found within 30 s, and well again when set back', async () => {
  const { clock, scanner, reader } = scannerOnMemory({ settings })
  await scanner.start()
  await pass(clock, 31_000, 500)
  expect(scanner.faults()).toEqual([])
  reader.scanConfigurationBarcode()
  await pass(clock, 30_000, 500)
  expect(scanner.faults().map(({ fault }) => fault.code)).toEqual(['scanner_changed'])
  expect(await scanner.selfTest()).toMatchObject({ passed: false })
})

it('Q08 a reader that does not answer the settings query is told as well', async () => {
  const { clock, scanner } = scannerOnMemory({ settings: { ...settings, queryHex: '7E 00' } })
  await scanner.start()
  await pass(clock, 33_000, 500)
  expect(scanner.faults().map(({ fault }) => fault.code)).toEqual(['scanner_changed'])
})

it('S11 a scanner whose line is lost is offline with the reason, and online again by itself', async () => {
  const { clock, near, scanner, eventually } = scannerOnMemory()
  await scanner.start()
  near.plug('opening')
  expect(scanner.health().state).toBe('offline')
  expect(scanner.faults().map(({ fault }) => fault.code)).toEqual(['port_unavailable'])
  expect(scanner.signal('green')).toBe(false)
  near.plug('open')
  await eventually(() => scanner.health().state === 'online', 'online')
  expect(scanner.faults()).toEqual([])
  expect(clock.pendingTimers()).toEqual([])
})

it('100,000 seeded dirty inputs neither throw nor hold more than 4 KiB nor emit control characters', () => {
  const prng = seededPrng(8)
  const framer = new ScanFramer({ suffix: 'auto', qrOnly: true })
  let payloads = 0
  for (let input = 0; input < 100_000; input += 1) {
    const bytes = Uint8Array.from({ length: wholeBetween(prng, 0, 12) }, () =>
      prng.next() < 0.8 ? wholeBetween(prng, 0x20, 0x7e) : wholeBetween(prng, 0, 255),
    )
    for (const event of framer.feed(bytes, mono(input * wholeBetween(prng, 0, 2) * 10))) {
      if (event.kind !== 'payload') continue
      payloads += 1
      expect(event.text.length).toBeLessThan(longestPayload)
      expect(event.text).not.toMatch(/[\x00-\x1f\x7f]/)
    }
  }
  expect(payloads).toBeGreaterThan(1_000)
  expect(framer.tick(mono(Number.MAX_SAFE_INTEGER)).length).toBeLessThanOrEqual(1)
})
