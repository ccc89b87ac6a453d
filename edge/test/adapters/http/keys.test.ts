import { createHash } from 'node:crypto'
import { ok } from '@baari/shared/faults/result'
import { seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import type { By } from '../../../src/ports/station-desk.ts'
import { doorOf } from '../../support/door.ts'
import { kavita, recordedDesk } from '../../support/recorded-desk.ts'

const ticket = '00000001-0000-7000-8000-0000000000aa'

describe('the Idempotency-Key', () => {
  it.each([null, 'short', 'x'.repeat(65), 'with space'])(
    '%s is no key: nothing happens',
    async (key) => {
      const { desk, calls } = recordedDesk()
      const write = await doorOf(desk).write(
        '/v1/walk-ins',
        { vehicleClass: 'auto' },
        { 'idempotency-key': key },
      )
      expect(write.status).toBe(400)
      expect(await write.json()).toMatchObject({ code: 'key_missing' })
      expect(calls).toEqual([])
    },
  )

  it('reaches the desk with attendant, route and a digest of path and body', async () => {
    const { desk, calls } = recordedDesk()
    const door = doorOf(desk)
    await door.write(`/v1/tickets/${ticket}/skip`, { a: 1 })
    const by = calls[0]?.args[1] as By
    expect(by).toEqual({
      attendant: kavita.attendant.id,
      role: 'attendant',
      request: {
        scope: `${kavita.attendant.id} post /v1/tickets/{id}/skip`,
        key: 'key-00000001',
        requestSha256: createHash('sha256')
          .update(`post /v1/tickets/${ticket}/skip\n{"a":1}`)
          .digest('hex'),
      },
    })
  })

  it('the same key while the first request runs is told to wait', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let arrived = (): void => undefined
    const reached = new Promise<void>((resolve) => (arrived = resolve))
    const { desk } = recordedDesk({
      async undoCall() {
        arrived()
        await held
        return ok(null)
      },
    })
    const door = doorOf(desk)
    const first = door.write(`/v1/calls/${ticket}/undo`, {})
    await reached
    const second = await door.write(`/v1/calls/${ticket}/undo`, {})
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ code: 'idempotency_busy' })
    release()
    expect((await first).status).toBe(204)
    expect((await door.write(`/v1/calls/${ticket}/undo`, {})).status).toBe(204)
  })

  it('a stop needs no key', async () => {
    const { desk, calls } = recordedDesk()
    const answer = await doorOf(desk).write('/v1/positions/3/stop', {}, { 'idempotency-key': null })
    expect(answer.status).toBe(202)
    expect(calls).toEqual([{ name: 'stop', args: [3, kavita.attendant.id] }])
  })
})

describe('time', () => {
  it('a request that takes longer than 5 s is answered, not left hanging', async () => {
    const { desk } = recordedDesk({ undoCall: () => new Promise(() => undefined) })
    const door = doorOf(desk)
    const answer = door.write(`/v1/calls/${ticket}/undo`, {})
    await new Promise((resolve) => setImmediate(resolve))
    door.clock.advance(seconds(5))
    expect((await answer).status).toBe(503)
  })

  it('an answered request leaves no timer behind', async () => {
    const { desk } = recordedDesk()
    const door = doorOf(desk)
    await door.ask('/healthz')
    expect(door.clock.pendingTimers()).toEqual([])
  })
})
