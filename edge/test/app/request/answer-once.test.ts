import { systemIds } from '../../../src/adapters/system/system-ids.ts'
import { inlineLedger } from '../../../src/adapters/ledger/inline-ledger.ts'
import { answerOnce, takeKey, type OnceInput } from '../../../src/app/request/answer-once.ts'
import { runRetention } from '../../../src/app/retention/run-retention.ts'
import type { CommandContext, Ledger, StationNow } from '../../../src/ports/ledger.ts'
import type { LedgerTx } from '../../../src/ports/ledger-tx.ts'
import { assert } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'

/** A command with an effect that shows: each run writes one audit row and answers their number. */
const base = {
  'note.write': (tx: LedgerTx, { text }: { text: string }, { now }: CommandContext) => {
    tx.station.audit({ at: now.at, by: 'test', what: text, about: 'x', facts: {} })
    assert(text !== 'broken', 'a bug after the write')
    return { revision: tx.station.revision(), text }
  },
  'retention.run': runRetention,
  'request.takeKey': (_tx: LedgerTx, _input: object, _context: CommandContext) => takeKey(),
}
const commands = { ...base, 'request.once': answerOnce(base) }

let now: StationNow
let ledger: Ledger<typeof commands>
beforeEach(() => {
  now = testNow
  ledger = inlineLedger({
    at: ledgerFile(':memory:'),
    commands,
    reads: new Set<string>(),
    ids: systemIds(),
    now: () => now,
  })
})

const once = (over: Partial<OnceInput['request']> = {}, text = 'a'): OnceInput => ({
  request: { scope: 'kavita post /v1/x', key: 'key-1', requestSha256: 'aa', ...over },
  command: 'note.write',
  input: { text },
})

describe('a change under an Idempotency-Key', () => {
  it('sent twice is done once and answered the same', async () => {
    const first = await ledger.run('request.once', once())
    const second = await ledger.run('request.once', once())
    expect(first).toMatchObject({ ok: true, value: { repeated: false, answer: { text: 'a' } } })
    expect(second).toEqual({
      ok: true,
      value: { repeated: true, answer: first.ok ? first.value.answer : null },
    })
  })

  it('a hundred copies at once are one change', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => ledger.run('request.once', once())),
    )
    expect(answers.filter((answer) => answer.ok && !answer.value.repeated)).toHaveLength(1)
  })

  it('with other details it is refused and nothing is done', async () => {
    await ledger.run('request.once', once())
    const other = await ledger.run('request.once', once({ requestSha256: 'bb' }, 'b'))
    expect(other).toMatchObject({ ok: false, error: { code: 'idempotency_mismatch' } })
  })

  it('of another person or route it is another request', async () => {
    await ledger.run('request.once', once())
    const other = await ledger.run('request.once', once({ scope: 'ravi post /v1/x' }, 'b'))
    expect(other).toMatchObject({ ok: true, value: { repeated: false } })
  })

  it('whose command failed leaves neither effect nor key: it may be tried again', async () => {
    await expect(ledger.run('request.once', once({}, 'broken'))).rejects.toThrow('a bug')
    const again = await ledger.run('request.once', once({}, 'a'))
    expect(again).toMatchObject({ ok: true, value: { repeated: false } })
  })

  it('is kept for a day and forgotten after it', async () => {
    await ledger.run('request.once', once())
    now = { ...testNow, at: instant(testNow.at + 86_400_000) }
    expect(await ledger.run('retention.run', {})).toMatchObject({ answersDropped: 0 })
    now = { ...testNow, at: instant(testNow.at + 86_400_001) }
    expect(await ledger.run('retention.run', {})).toMatchObject({ answersDropped: 1 })
    const again = await ledger.run('request.once', once())
    expect(again).toMatchObject({ ok: true, value: { repeated: false } })
  })

  it('an act on equipment takes its key once, also when the answer was lost', async () => {
    const act = { ...once(), command: 'request.takeKey', input: {} }
    expect(await ledger.run('request.once', act)).toMatchObject({ value: { repeated: false } })
    expect(await ledger.run('request.once', act)).toMatchObject({ value: { repeated: true } })
  })
})
