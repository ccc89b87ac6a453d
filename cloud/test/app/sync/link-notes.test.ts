import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { linkNotes } from '../../../src/app/sync/link-notes.ts'
import type { Heard } from '../../../src/ports/link-desk.ts'

function notesUnderTest() {
  const clock = manualClock()
  const saved: (readonly Heard[])[] = []
  const faults: unknown[] = []
  const notes = linkNotes({
    clock,
    save: (heard) => {
      saved.push(heard)
      return saved.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve()
    },
    onFault: (error) => faults.push(error),
  })
  const heard = (stationNo: number, unsentOps: number): void =>
    notes.heard({ stationNo, unsentOps, oldestUnsentMs: null })
  return { clock, saved, faults, notes, heard }
}

it('a second of batches is one write with the newest of each station', async () => {
  const t = notesUnderTest()
  for (let n = 0; n < 100; n += 1) t.heard(n % 2, n)
  t.clock.advance(seconds(1))
  await Promise.resolve()
  expect(t.saved.flat().map(({ stationNo, unsentOps }) => [stationNo, unsentOps])).toEqual([
    [0, 98],
    [1, 99],
  ])
  expect(t.clock.pendingTimers()).toEqual([])
})

it('a write that fails is told, and the next one is tried', async () => {
  const t = notesUnderTest()
  t.heard(1, 0)
  t.clock.advance(seconds(1))
  for (let n = 0; n < 5; n += 1) await Promise.resolve()
  expect(t.faults).toHaveLength(1)
  t.heard(1, 7)
  t.clock.advance(seconds(1))
  expect(t.saved.at(-1)).toMatchObject([{ stationNo: 1, unsentOps: 7 }])
})

it('stopping writes what is not yet', async () => {
  const t = notesUnderTest()
  t.heard(3, 5)
  await t.notes.stop()
  expect(t.saved).toHaveLength(1)
  expect(t.clock.pendingTimers()).toEqual([])
})
