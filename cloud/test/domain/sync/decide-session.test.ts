import { describe, expect, it } from 'vitest'
import {
  decideSession,
  type SessionAsk,
  type StationRecord,
} from '../../../src/domain/sync/decide-session.ts'

const head = { stream: 'ledger', seq: 7, chain: 'c7' }
const empty = { stream: 'alarm', seq: 0, chain: 'a0' }
const record: StationRecord = {
  epoch: 'e1',
  generation: 3,
  instance: 'i3',
  heads: [head, empty],
}
const ask: SessionAsk = {
  epoch: 'e1',
  instance: 'i3',
  prevEpoch: undefined,
  prevHeads: [],
  knownGeneration: 3,
  epochUsedBefore: false,
}

describe('session', () => {
  it('the same process keeps its generation', () => {
    expect(decideSession(record, ask)).toEqual({
      ok: true,
      value: { generation: 3, opensEpoch: false },
    })
  })

  it('a new process raises the generation', () => {
    const fresh = { ...ask, instance: 'i4', knownGeneration: null }
    expect(decideSession(record, fresh)).toMatchObject({ value: { generation: 4 } })
  })

  it('a process that was overtaken is fenced and cannot take its turn back', () => {
    const old = { ...ask, instance: 'i2', knownGeneration: 2 }
    expect(decideSession(record, old)).toEqual({
      ok: false,
      error: { error: 'fenced', generation: 3 },
    })
  })

  it('the first epoch of a station needs no predecessor, and may claim none', () => {
    const first = { ...record, epoch: null, heads: [] }
    expect(decideSession(first, ask)).toMatchObject({ value: { opensEpoch: true } })
    expect(decideSession(first, { ...ask, prevEpoch: 'e0' })).toMatchObject({
      error: { error: 'epoch', current: null },
    })
  })

  const next = { ...ask, epoch: 'e2', prevEpoch: 'e1', prevHeads: [head] }

  it('a new epoch follows the heads the cloud has; a stream nobody wrote to need not be named', () => {
    expect(decideSession(record, next)).toMatchObject({ value: { opensEpoch: true } })
  })

  it.each([
    ['without a predecessor', { ...next, prevEpoch: undefined }],
    ['after another epoch', { ...next, prevEpoch: 'e0' }],
    ['with a head behind', { ...next, prevHeads: [{ ...head, seq: 6, chain: 'c6' }] }],
    ['with another chain', { ...next, prevHeads: [{ ...head, chain: 'x' }] }],
    ['without naming a written stream', { ...next, prevHeads: [] }],
    ['that was used before', { ...next, epochUsedBefore: true }],
  ])('a new epoch %s is refused', (_case, refused) => {
    expect(decideSession(record, refused)).toEqual({
      ok: false,
      error: { error: 'epoch', current: 'e1' },
    })
  })
})
