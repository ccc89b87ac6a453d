import { seconds } from '@baari/shared/units/time'
import { present } from '@baari/shared/faults/assert'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  asha,
  bothClosed,
  bothFree,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'
import { redeem } from '../../support/redeem.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
})

const verdict = async (answer: ReturnType<World['scan']>) => (await answer).view.verdict

describe('scan.undo', () => {
  const undo = (scan: string, by = asha) =>
    world.run('scan.undo', { scan, by, positions: bothClosed })

  it('a wrong scan taken back within a minute frees the use and the place', async () => {
    const { view } = await world.scan(tokenReading(), { positions: bothFree })
    world.advance(seconds(60))
    expect(await undo(view.id)).toMatchObject({ ok: true, value: { position: 1 } })
    expect(world.ops('checkin.released')[0]?.body).toMatchObject({ reason: 'undo' })
    expect(await verdict(world.scan(tokenReading()))).toBe('ADMIT')
  })

  it('is too late after a minute and harmless when repeated', async () => {
    const first = await world.scan(tokenReading())
    expect(await undo(first.view.id)).toMatchObject({ ok: true })
    expect(await undo(first.view.id)).toMatchObject({ ok: true })
    const second = await world.scan(tokenReading())
    world.advance(seconds(61))
    expect(await undo(second.view.id)).toMatchObject({ error: { code: 'undo_too_late' } })
  })

  it('is refused once gas has flowed', async () => {
    const { view } = await world.scan(tokenReading())
    await redeem(world, present(view.ticket, 'ticket').id)
    expect(await undo(view.id)).toMatchObject({ error: { code: 'undo_after_gas' } })
  })

  it('a failed scan has nothing to undo', async () => {
    const { view } = await world.scan({ kind: 'unreadable' })
    expect(await undo(view.id)).toMatchObject({ error: { code: 'ticket_unknown' } })
  })
})
