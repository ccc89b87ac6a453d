import { afterEach, describe, expect, it } from 'vitest'
import type { Printer, PrintPage } from '../../src/ports/printer.ts'
import { printedQrs } from '../../src/simulators/printed-qr.ts'
import type { SimulatedPrinter } from '../../src/simulators/simulated-printer.ts'

export type PrinterSubject = {
  readonly printer: Printer
  readonly roll: SimulatedPrinter
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly done: <T>(promise: Promise<T>) => Promise<T>
  readonly dispose: () => Promise<void>
}

const page = (no: number): PrintPage => ({
  lines: [
    { kind: 'text', text: `W-${no}`, scale: 4, align: 'centre' },
    { kind: 'text', text: 'कृपया प्रतीक्षा करें', scale: 1, align: 'centre' },
    { kind: 'qr', text: `BAARI1:${no}` },
  ],
})

const unready = (why: string) => ({
  ok: false,
  error: { code: 'printer_unready', retrySafe: true, hint: expect.stringContaining(why) as string },
})

/** What every printer promises (ports/printer.ts). */
export function printerContract(name: string, make: () => Promise<PrinterSubject>): void {
  describe(`printer: ${name}`, () => {
    let subject: PrinterSubject | null = null
    afterEach(async () => {
      await subject?.printer.dispose('test over')
      await subject?.dispose()
      subject = null
    })

    async function ready() {
      const made = await make()
      subject = made
      await made.printer.start()
      await made.eventually(() => made.printer.health().state === 'online', 'online')
      const texts = () =>
        made.roll.paper().flatMap((item) => (item.kind === 'text' ? item.text : []))
      return { ...made, texts }
    }

    it('a page is acknowledged when number, Hindi and QR are on paper', async () => {
      const { printer, roll, done } = await ready()
      expect(await done(printer.print(page(57)))).toMatchObject({ ok: true })
      const paper = roll.paper()
      expect([...new Set(paper.map(({ kind }) => kind))]).toEqual(['text', 'raster', 'feed'])
      expect(paper[0]).toMatchObject({ text: 'W-57', scale: 4 })
      expect(printedQrs(paper)).toEqual(['BAARI1:57'])
    })

    it('pages asked for at once come out whole and in order', async () => {
      const { printer, texts, done } = await ready()
      const answers = await done(Promise.all([1, 2, 3].map((no) => printer.print(page(no)))))
      expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
      expect(texts()).toEqual(['W-1', 'W-2', 'W-3'])
    })

    it.each([
      ['no paper', { paperOut: true }, 'paper'],
      ['an open lid', { lidOpen: true }, 'lid'],
      ['no answer', { silent: true }, 'no answer'],
    ])(
      'with %s nothing is printed, the reason is told, and the next page works',
      async (_, trouble, why) => {
        const { printer, roll, texts, done } = await ready()
        roll.trouble(trouble)
        expect(await done(printer.print(page(1)))).toMatchObject(unready(why))
        expect(printer.faults().map(({ fault }) => fault.code)).toEqual(['printer_unready'])
        expect(await done(printer.selfTest())).toMatchObject({ passed: false })
        roll.trouble({})
        expect(await done(printer.print(page(2)))).toMatchObject({ ok: true })
        expect(texts()).toEqual(['W-2'])
        expect(printer.faults()).toEqual([])
      },
    )

    it('a roll that ends in the middle of a page is no printed page', async () => {
      const { printer, roll, done } = await ready()
      roll.trouble({ endsNext: true })
      const answer = await done(printer.print(page(1)))
      expect(answer).toMatchObject({ error: { ...unready('ended').error, retrySafe: false } })
    })

    it('more than eight waiting pages are refused and the eight come out', async () => {
      const { printer, texts, done } = await ready()
      const numbers = Array.from({ length: 10 }, (_, index) => index + 1)
      const answers = await done(Promise.all(numbers.map((no) => printer.print(page(no)))))
      expect(answers.filter(({ ok }) => !ok)).toHaveLength(2)
      expect(texts()).toHaveLength(8)
    })
  })
}
