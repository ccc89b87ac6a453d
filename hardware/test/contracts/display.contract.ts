import { afterEach, describe, expect, it } from 'vitest'
import type { Display, LanePage } from '../../src/ports/display.ts'

export type DisplaySubject = {
  readonly display: Display
  /** What people see on the sign. */
  readonly seen: () => LanePage
  /** The cable is pulled, or put back. The sign loses its power with it. */
  readonly plug: (plugged: boolean) => Promise<void>
  /** The next page arrives by half. */
  readonly halfUpdateNext: () => void
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly done: <T>(promise: Promise<T>) => Promise<T>
  readonly dispose: () => Promise<void>
}

const calls: LanePage = {
  kind: 'calls',
  calls: [
    { label: 'W-57', position: 3 },
    { label: '1238', position: 1 },
  ],
}

/** What every lane sign promises (ports/display.ts). */
export function displayContract(name: string, make: () => Promise<DisplaySubject>): void {
  describe(`display: ${name}`, () => {
    let subject: DisplaySubject | null = null
    afterEach(async () => {
      await subject?.done(subject.display.dispose('test over'))
      await subject?.dispose()
      subject = null
    })

    async function ready() {
      const made = await make()
      subject = made
      await made.display.start()
      await made.eventually(() => made.display.health().state === 'online', 'online')
      return made
    }

    it('a page is acknowledged when it stands on the sign', async () => {
      const { display, seen, done } = await ready()
      expect(await done(display.show(calls))).toMatchObject({ ok: true, value: { page: calls } })
      expect(seen()).toEqual(calls)
      expect(display.shown()).toMatchObject({ value: calls, quality: 'good' })
    })

    it('L01 a sign that was never told anything is blank', async () => {
      const { seen } = await ready()
      expect(seen()).toEqual({ kind: 'blank' })
    })

    it('L01 a half update is told as a fault and is whole with the next refresh', async () => {
      const { display, seen, halfUpdateNext, eventually, done } = await ready()
      halfUpdateNext()
      expect(await done(display.show(calls))).toMatchObject({
        ok: false,
        error: { code: 'display_unsure' },
      })
      await eventually(() => seen().kind === 'calls', 'the whole page')
      await eventually(() => display.shown().quality === 'good', 'confirmed')
      expect(seen()).toEqual(calls)
    })

    it('L01 an unplugged sign is offline, comes back blank and is refreshed at once', async () => {
      const { display, seen, plug, eventually, done } = await ready()
      await done(display.show(calls))
      await plug(false)
      await eventually(() => display.health().state === 'offline', 'offline')
      expect(display.faults()).toHaveLength(1)
      expect(await done(display.show({ kind: 'closed' }))).toMatchObject({ ok: false })
      expect(seen()).toEqual({ kind: 'blank' })
      await plug(true)
      await eventually(() => seen().kind === 'closed', 'the page wanted meanwhile')
      await eventually(() => display.faults().length === 0, 'no fault any more')
    })

    it('L01 when the node stops the sign says closed', async () => {
      const { display, seen, done } = await ready()
      await done(display.show(calls))
      await done(display.dispose('the node stops'))
      expect(seen()).toEqual({ kind: 'closed' })
      expect(display.health().state).toBe('stopped')
    })
  })
}
