import { afterEach, describe, expect, it } from 'vitest'
import type { Reading } from '../../src/ports/reading.ts'
import type { StopInput, StopState } from '../../src/ports/stop-input.ts'

export type StopInputSubject = {
  /** An open contact is a trip; stale after a second. */
  readonly input: StopInput
  readonly contact: (closed: boolean) => void
  /** The contact cannot be read any more, or again. */
  readonly lose: (lost: boolean) => void
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly dispose: () => Promise<void>
}

/** What every emergency-stop input promises (ports/stop-input.ts). */
export function stopInputContract(name: string, make: () => Promise<StopInputSubject>): void {
  describe(`stop input: ${name}`, () => {
    let subject: StopInputSubject | null = null
    afterEach(async () => {
      await subject?.input.dispose('test over')
      await subject?.dispose()
      subject = null
    })

    async function ready(closed = true) {
      const made = await make()
      subject = made
      made.contact(closed)
      const heard: Reading<StopState>[] = []
      made.input.onChange((one) => heard.push(one))
      await made.input.start()
      return { ...made, heard }
    }

    it('X03 before the contact was read it is not healthy', async () => {
      const made = await make()
      subject = made
      expect(made.input.state()).toMatchObject({ value: null, quality: 'stale' })
    })

    it('X01 a closed contact is healthy, an opened one tripped, told once and at once', async () => {
      const { input, contact, heard, eventually } = await ready()
      await eventually(() => input.state().value === 'healthy', 'healthy')
      contact(false)
      await eventually(() => input.state().value === 'tripped', 'tripped')
      expect(input.state().quality).toBe('good')
      expect(heard.map(({ value }) => value)).toEqual(['healthy', 'tripped'])
    })

    it('X01 a broken wire at the start is a trip', async () => {
      const { input, eventually } = await ready(false)
      await eventually(() => input.state().value === 'tripped', 'tripped')
    })

    it('X01 a contact that cannot be read is never healthy, and is read again by itself', async () => {
      const { input, lose, eventually } = await ready()
      await eventually(() => input.state().value === 'healthy', 'healthy')
      lose(true)
      await eventually(() => input.state().quality === 'stale', 'stale')
      expect(input.state().value).toBeNull()
      await eventually(() => input.health().state === 'offline', 'offline')
      expect(input.faults()).toHaveLength(1)
      lose(false)
      await eventually(() => input.state().value === 'healthy', 'healthy again')
      expect(input.faults()).toEqual([])
    })
  })
}
