import { hours, instant } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changedState } from '../../../src/app/sync/state-of-view.ts'
import type { LedgerTx } from '../../../src/ports/ledger-tx.ts'
import { testNow } from '../../support/ledger-file.ts'
import { syncLedger, vehicles, type SyncLedger } from '../../support/sync-ledger.ts'
import { raiseAlarm, sweepAlarms } from '../../../src/app/sync/alarm-commands.ts'

let ledger: SyncLedger
beforeEach(() => {
  ledger = syncLedger()
})
afterEach(() => ledger.close())

type Line = { readonly k: string; readonly t: number; readonly b: Record<string, unknown> }

async function linesOf(stream: 'alarm' | 'state'): Promise<readonly Line[]> {
  const { run } = await ledger.run('uplink.next', { ops: 1_000, streams: [stream] })
  const text = Buffer.from(run?.lines ?? [])
    .toString('utf8')
    .trimEnd()
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Line)
}

const inlet = { source: 'inlet', code: 'device_flood', subject: 'lel-1' } as const

/** A command at another moment than the ledger's own. */
const later = (ms: number) => ({ ...testNow, at: instant(testNow.at + ms) })
const at = (ms: number) => ({ now: later(ms), ids: { uuid: () => '', hex: () => '' } })
const look = (ask: (tx: LedgerTx) => unknown) => ledger.run('test.look', ask)

describe('alarms of the node', () => {
  it('raised and cleared are one op each; clearing what is not open is none', async () => {
    expect(await ledger.run('alarm.raise', { ...inlet, detail: 'x' })).toEqual({ told: true })
    expect(await ledger.run('alarm.clear', inlet)).toEqual({ told: true })
    expect(await ledger.run('alarm.clear', inlet)).toEqual({ told: false })
    expect((await linesOf('alarm')).map(({ k, b }) => [k, b['subject']])).toEqual([
      ['alarm.raised', 'lel-1'],
      ['alarm.cleared', 'lel-1'],
    ])
  })

  it('one that goes on is told once an hour, with how often it was raised', async () => {
    for (let n = 0; n < 4; n += 1) await ledger.run('alarm.raise', { ...inlet, detail: '' })
    await look((tx) => raiseAlarm(tx, { ...inlet, detail: '' }, at(hours(1) + 1)))
    expect((await linesOf('alarm')).map(({ b }) => b['count'])).toEqual([1, 4])
  })

  it('one that nobody ends is over an hour after it was last raised', async () => {
    await ledger.run('alarm.raise', { ...inlet, detail: '' })
    await ledger.run('alarm.raise', { source: 'safety', code: 'all_stop', subject: '', detail: '' })
    expect(await look((tx) => sweepAlarms(tx, {}, at(hours(2))))).toEqual({ cleared: 1 })
    expect((await linesOf('alarm')).at(-1)).toMatchObject({ k: 'alarm.cleared', b: inlet })
  })

  it('no more than five hundred are open at once', async () => {
    for (let n = 0; n < 510; n += 1) {
      await ledger.run('alarm.raise', { ...inlet, subject: `invented-${n}`, detail: '' })
    }
    expect(await linesOf('alarm')).toHaveLength(500)
  })
})

describe('states of the node', () => {
  it('only the newest value of a key gets a place in the stream, when it is flushed', async () => {
    const keep = (value: number) =>
      ledger.run('state.keep', { changes: [{ key: 'queue', value: { booked: value } }] })
    await keep(1)
    await keep(2)
    expect(await linesOf('state')).toEqual([])
    expect(await ledger.run('state.flush', {})).toEqual({ flushed: 1 })
    expect((await linesOf('state')).map(({ b }) => b['value'])).toEqual([{ booked: 2 }])
    expect(await ledger.run('state.flush', {})).toEqual({ flushed: 0 })
  })

  it('a value that is what was told before is no change', () => {
    const told = new Map<string, string>()
    const now = [{ key: 'queue', value: { booked: 1 } }]
    expect(changedState(told, now)).toEqual(now)
    expect(changedState(told, now)).toEqual([])
    expect(changedState(told, [{ key: 'queue', value: null }])).toHaveLength(1)
  })
})

describe('what the outbox may forget', () => {
  const failed = {
    kind: 'scan.failed' as const,
    entity: { type: 'station' as const, uuid: '' },
    body: {
      verdict: 'UNREADABLE',
      lane: 1,
      source: 'scanner',
      rawSha256: 'aa',
      rawBase64: 'QQ==',
      booking: null,
    } as never,
  }
  const acked = (seq: number) => look((tx) => tx.sync.uplink.setAcked('ledger', seq))
  const raws = async (): Promise<readonly number[]> => {
    const { epoch } = await ledger.run('epoch.read', null)
    return (await look((tx) => {
      const run = tx.sync.rollback.runFrom({ epoch, stream: 'ledger' }, 1, { ops: 100, bytes: 1e6 })
      return Buffer.from(run?.lines ?? [])
        .toString()
        .split('\n')
        .map((line) => line.length)
    })) as readonly number[]
  }
  const month = instant(testNow.at + hours(24 * 31))

  it('raw text of a failed scan goes when it was acknowledged; the chain still proves itself', async () => {
    await ledger.run('test.append', [...vehicles(1), failed, ...vehicles(1)])
    await look((tx) => tx.sync.uplink.eraseScanTexts(month, 10))
    expect((await raws()).filter((length) => length === 0)).toHaveLength(1)
    await acked(4)
    expect(await look((tx) => tx.sync.uplink.eraseScanTexts(month, 10))).toBe(1)
    expect((await raws()).filter((length) => length === 0)).toHaveLength(2)
    expect(await look((tx) => tx.sync.uplink.eraseScanTexts(month, 10))).toBe(0)
  })

  it('acknowledged ops go after 35 days, but for the newest, by which the next batch continues', async () => {
    await ledger.run('test.append', vehicles(9))
    await acked(6)
    expect(await look((tx) => tx.sync.uplink.prune(testNow.at, 100))).toBe(0)
    expect(await look((tx) => tx.sync.uplink.prune(month, 3))).toBe(3)
    expect(await look((tx) => tx.sync.uplink.prune(month, 100))).toBe(2)
    const { run } = await ledger.run('uplink.next', { ops: 100, streams: ['ledger'] })
    expect(run).toMatchObject({ first: 7, last: 10 })
  })
})
