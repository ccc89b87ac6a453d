import { afterEach, describe, expect, it } from 'vitest'
import type { Scan, Scanner } from '../../src/ports/scanner.ts'
import type { SimulatedScanner } from '../../src/simulators/simulated-scanner.ts'

export type ScannerSubject = {
  readonly scanner: Scanner
  readonly reader: SimulatedScanner
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly dispose: () => Promise<void>
}

const token = 'BAARI1:6BFOXN*TS0BI$ZD4N9'

/** What every scanner promises (ports/scanner.ts). */
export function scannerContract(name: string, make: () => Promise<ScannerSubject>): void {
  describe(`scanner: ${name}`, () => {
    let subject: ScannerSubject | null = null
    afterEach(async () => {
      await subject?.scanner.dispose('test over')
      await subject?.dispose()
      subject = null
    })

    async function ready() {
      const made = await make()
      subject = made
      const scans: Scan[] = []
      made.scanner.onScan((scan) => scans.push(scan))
      await made.scanner.start()
      await made.eventually(() => made.scanner.health().state === 'online', 'online')
      return { ...made, scans }
    }

    it.each(['\r', '\n', '\r\n', '\x03', ''] as const)(
      'Q05 the same token arrives whatever ends it (%j)',
      async (suffix) => {
        const { reader, scans, eventually } = await ready()
        reader.configure({ suffix })
        reader.scan(token)
        await eventually(() => scans.length === 1, 'one scan')
        expect(scans[0]).toMatchObject({ text: token, aim: ']Q1' })
      },
    )

    it('Q05 the token is the same without an AIM identifier', async () => {
      const { reader, scans, eventually } = await ready()
      reader.configure({ aim: false })
      reader.scan(token)
      await eventually(() => scans.length === 1, 'one scan')
      expect(scans[0]).toMatchObject({ text: token, aim: null })
    })

    it('Q01 a code read ten times is one scan, and another code in between is its own', async () => {
      const { scanner, reader, scans, eventually } = await ready()
      for (let read = 0; read < 10; read += 1) reader.scan(token)
      reader.scan('OTHER')
      await eventually(() => scans.length === 2, 'two scans')
      expect(scans.map((scan) => scan.text)).toEqual([token, 'OTHER'])
      expect(scanner.counters()).toMatchObject({ scans: 2, repeats: 9 })
    })

    it('Q03 a flood without a terminator is dropped and counted, and the next scan works', async () => {
      const { scanner, reader, scans, eventually } = await ready()
      reader.send(new Uint8Array(100_000).fill(0xff))
      await eventually(
        () => scanner.counters().overflowBytes === 100_000,
        'the overflow is counted',
      )
      expect(scanner.faults().map(({ fault }) => fault.code)).toEqual(['scanner_overflow'])
      reader.scan(token)
      await eventually(() => scans.length === 1, 'one scan')
      expect(scanner.faults()).toEqual([])
    })

    it('the lamp shows what was signalled', async () => {
      const { scanner, reader, eventually } = await ready()
      for (const signal of ['busy', 'green', 'red'] as const) {
        expect(scanner.signal(signal)).toBe(true)
        await eventually(() => reader.lamps().at(-1) === `LAMP ${signal.toUpperCase()}`, signal)
      }
    })
  })
}
