import { afterEach, describe, expect, it } from 'vitest'
import type { Barrier, BarrierPosition } from '../../src/ports/barrier.ts'

export type BarrierSubject = {
  readonly barrier: Barrier
  readonly boom: {
    position(): BarrierPosition
    place(position: BarrierPosition): void
    vehicle(under: boolean): void
  }
  /** Moves sent to the device so far. */
  readonly moves: () => number
  readonly interlock: (free: boolean) => void
  readonly silence: (silent: boolean) => void
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly done: <T>(promise: Promise<T>) => Promise<T>
  readonly dispose: () => Promise<void>
}

const refused = { ok: false, error: { code: 'barrier_refused' } }

/** What every barrier promises (ports/barrier.ts). */
export function barrierContract(name: string, make: () => Promise<BarrierSubject>): void {
  describe(`barrier: ${name}`, () => {
    let subject: BarrierSubject | null = null
    afterEach(async () => {
      await subject?.barrier.dispose('test over')
      await subject?.dispose()
      subject = null
    })

    async function ready() {
      const made = await make()
      subject = made
      await made.barrier.start()
      await made.eventually(() => made.barrier.state().quality === 'good', 'the boom is seen')
      return made
    }

    it('opens and closes, and says where the boom is', async () => {
      const { barrier, boom, eventually, done } = await ready()
      expect(barrier.state().value).toEqual({ position: 'closed', occupied: false })
      expect(await done(barrier.open())).toMatchObject({ ok: true })
      await eventually(() => barrier.state().value?.position === 'open', 'open')
      expect(await done(barrier.close())).toMatchObject({ ok: true })
      await eventually(() => barrier.state().value?.position === 'closed', 'closed')
      expect(boom.position()).toBe('closed')
    })

    it('X04 under an all-stop neither command is sent, and the boom stays where it is', async () => {
      const { barrier, boom, interlock, moves, done } = await ready()
      interlock(false)
      expect(await done(barrier.open())).toMatchObject(refused)
      expect(await done(barrier.close())).toMatchObject(refused)
      expect(moves()).toBe(0)
      expect(boom.position()).toBe('closed')
    })

    it('X04 with a vehicle under it the boom does not close', async () => {
      const { barrier, boom, moves, eventually, done } = await ready()
      boom.place('open')
      boom.vehicle(true)
      await eventually(() => barrier.state().value?.occupied === true, 'the vehicle is seen')
      expect(await done(barrier.close())).toMatchObject(refused)
      expect(moves()).toBe(0)
      expect(boom.position()).toBe('open')
    })

    it('X04 a vehicle that came since the last look is refused by the barrier itself', async () => {
      const { barrier, boom, eventually, done } = await ready()
      boom.place('open')
      await eventually(() => barrier.state().value?.position === 'open', 'open')
      boom.vehicle(true)
      expect(await done(barrier.close())).toMatchObject({
        ok: false,
        error: { code: 'barrier_refused' },
      })
      expect(boom.position()).toBe('open')
    })

    it('X04 the boom does not close while its position is unknown', async () => {
      const { barrier, boom, moves, eventually, done } = await ready()
      boom.place('unknown')
      await eventually(() => barrier.state().value?.position === 'unknown', 'unknown')
      expect(await done(barrier.close())).toMatchObject(refused)
      expect(moves()).toBe(0)
    })

    it('X04 a barrier that fell silent is stale and is not closed', async () => {
      const { barrier, moves, silence, eventually, done } = await ready()
      silence(true)
      await eventually(() => barrier.state().quality === 'stale', 'stale')
      expect(await done(barrier.close())).toMatchObject(refused)
      expect(moves()).toBe(0)
      await eventually(() => barrier.health().state === 'offline', 'offline')
      silence(false)
      await eventually(() => barrier.state().quality === 'good', 'good again')
      expect(barrier.faults()).toEqual([])
    })
  })
}
