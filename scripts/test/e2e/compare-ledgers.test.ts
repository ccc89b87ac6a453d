import { stationLedger } from '@baari/shared/contracts/http/cloud-api'
import { syncStatus } from '@baari/shared/contracts/http/edge-api'
import { describe, expect, it } from 'vitest'
import { allSame, compareLedgers } from '../../e2e/offline-day/compare-ledgers.ts'

const day = {
  fills: 5,
  grams: 13_797,
  amountPaise: 123_483,
  checkIns: 13,
  failedScans: 27,
  walkIns: 5,
}

const node = {
  linkUp: true,
  lastExchangeMs: 1,
  epoch: 'e1',
  streams: [
    { stream: 'ledger', nextSeq: 91, ackedSeq: 90, chain: 'aa' },
    { stream: 'alarm', nextSeq: 1, ackedSeq: 0, chain: '00' },
  ],
  unsentOps: 0,
  oldestUnsentMs: null,
  totals: { fills: 5, grams: 13_797, amountPaise: 123_483 },
}

const cloud = {
  station: 42,
  epoch: 'e1',
  streams: [{ stream: 'ledger', seq: 90, chain: 'aa' }],
  fills: 5,
  grams: 13_797,
  amountPaise: 123_483,
  orphanGrams: 0,
  checkIns: 13,
  failedScans: 27,
  walkIns: 5,
  deadLetters: 0,
  exceptions: 0,
}

const compared = (nodeChanges: object, cloudChanges: object): readonly string[] =>
  compareLedgers(
    day,
    syncStatus.parse({ ...node, ...nodeChanges }),
    stationLedger.parse({ ...cloud, ...cloudChanges }),
  ).flatMap(({ name, same }) => (same ? [] : [name]))

describe('two ledgers', () => {
  it('are equal when every figure and every chain is, a stream never written aside', () => {
    const figures = compareLedgers(day, syncStatus.parse(node), stationLedger.parse(cloud))
    expect(allSame(figures)).toBe(true)
  })
  it('differ by one gram at the cloud', () => {
    expect(compared({}, { grams: 13_796 })).toEqual(['grams'])
  })
  it('differ when both agree on a paisa that the dispensers never showed', () => {
    const totals = { ...node.totals, amountPaise: 123_484 }
    expect(compared({ totals }, { amountPaise: 123_484 })).toEqual(['amountPaise'])
  })
  it('differ when the counts are equal and one op was another', () => {
    const streams = [{ stream: 'ledger', seq: 90, chain: 'ab' }]
    expect(compared({}, { streams })).toEqual(['ledger chain'])
  })
  it('differ while ops are unsent', () => {
    expect(compared({ unsentOps: 2 }, {})).toEqual(['unsentOps'])
  })
  it('differ when a stream with ops is unknown at the cloud', () => {
    expect(compared({}, { streams: [] })).toEqual(['ledger seq', 'ledger chain'])
  })
  it('differ when an op lies in the dead letters', () => {
    expect(compared({}, { deadLetters: 1 })).toEqual(['deadLetters'])
  })
})
