import { countingIds } from '@baari/shared/testing/counting-ids'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { present } from '@baari/shared/faults/assert'
import { minutes } from '@baari/shared/units/time'
import { beforeEach, expect, it } from 'vitest'
import { inlineLedger } from '../../../src/adapters/ledger/inline-ledger.ts'
import type { LedgerTx } from '../../../src/ports/ledger-tx.ts'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'
import {
  bothFree,
  otherBooking,
  someBooking,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

let world: World
beforeEach(async () => {
  world = await stationWorld()
  world.addBooking()
  world.addBooking({ id: otherBooking })
})

const scanned = (booking = someBooking) => world.scan(tokenReading({ booking }))

async function inMemory(): Promise<DispatchState> {
  let state: DispatchState | undefined
  await world.act((tx) => void (state = tx.queue.state()))
  return present(state, 'state of the queue')
}

/** What a node that starts on this file finds. */
async function inFile(): Promise<DispatchState> {
  const read = (tx: LedgerTx) => tx.queue.state()
  const ledger = inlineLedger({
    commands: { read },
    reads: new Set(['read']),
    ids: countingIds(),
    now: () => testNow,
    at: { ...ledgerFile(''), file: world.db.serialize() },
  })
  const state = await ledger.run('read', undefined)
  await ledger.close()
  return present(state, 'state of the queue')
}

it('a command that throws takes back its own changes and nobody else`s', async () => {
  const answers = await Promise.allSettled([
    scanned(),
    world.act((tx, context) => {
      const open = present([...tx.tickets.places().keys()][0], 'open ticket')
      tx.tickets.save({ ...present(tx.tickets.byId(open), 'ticket'), state: 'closed' })
      tx.queue.saveState({ ...present(tx.queue.state(), 'state'), vehicles: [], picks: 99 })
      tx.station.audit({ at: context.now.at, by: 'x', what: 'x', about: 'x', facts: {} })
      throw new Error('a bug')
    }),
    scanned(otherBooking),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const state = await inMemory()
  expect(state.vehicles).toHaveLength(2)
  expect(state.picks).not.toBe(99)
  let places = 0
  await world.act((tx) => void (places = tx.tickets.places().size))
  expect(places).toBe(2)
  expect(world.db.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(0)
})

it('settings and delay that a failed command changed are those of the file again', async () => {
  const settings = (): Promise<unknown> => {
    let seen: unknown
    return world
      .act((tx) => void (seen = [tx.station.settings(), tx.station.delay()]))
      .then(() => seen)
  }
  const before = await settings()
  const broken = world.act((tx) => {
    tx.station.saveSettings({ ...present(tx.station.settings(), 'settings'), name: 'other' })
    tx.station.saveDelay({ delayMs: minutes(5), day: 20_000 })
    expect(tx.station.settings()?.name).toBe('other')
    expect(tx.station.delay()?.delayMs).toBe(minutes(5))
    throw new Error('a bug')
  })
  await expect(broken).rejects.toThrow('a bug')
  expect(await settings()).toEqual(before)
})

it('work that is tried inside a command and fails takes back its own changes alone', async () => {
  const first = scanned()
  const failed = world.act((tx) => {
    expect(tx.queue.state()?.vehicles).toHaveLength(1)
    const error = tx.sync.rollback.attempt(() => {
      tx.queue.saveState({ ...present(tx.queue.state(), 'state'), picks: 99 })
      throw new Error('an op that does not fit')
    })
    expect(error).toBeInstanceOf(Error)
  })
  await Promise.all([first, failed])
  const state = await inMemory()
  expect(state.vehicles).toHaveLength(1)
  expect(state.picks).not.toBe(99)
  expect(await inFile()).toEqual(state)
})

it('a restarted node finds the queue as the last commit left it', async () => {
  await Promise.all([scanned(), scanned(otherBooking)])
  expect(await inFile()).toEqual(await inMemory())
  await world.run('queue.dispatch', { positions: bothFree })
  const state = await inMemory()
  expect(state.recent.length).toBeGreaterThan(0)
  expect(await inFile()).toEqual(state)
  const first = present(state.vehicles[0], 'vehicle')
  const by = '00000001-0000-7000-8000-00000000a001'
  await world.run('ticket.leave', { ticket: first.ticket, by: by as never, positions: bothFree })
  const after = await inFile()
  expect(after.vehicles.map(({ ticket }) => ticket)).not.toContain(first.ticket)
  expect(after).toEqual(await inMemory())
})
