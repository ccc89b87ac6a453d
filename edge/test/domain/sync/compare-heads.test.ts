import { describe, expect, it } from 'vitest'
import { compareHeads, type LocalStream } from '../../../src/domain/sync/compare-heads.ts'

const local = (
  lastSeq: number,
  stream = 'ledger',
  { kept = 0, ackedSeq = lastSeq } = {},
): LocalStream => ({
  stream,
  lastSeq,
  ackedSeq,
  chainAt: (seq) => (seq >= kept && seq <= lastSeq ? `c${seq}` : undefined),
})
const head = (seq: number, chain = `c${seq}`, stream = 'ledger') => ({ stream, seq, chain })

describe('heads of both sides', () => {
  it.each([
    ['both are empty', [head(0)], [local(0)], 'equal'],
    ['both end at the same op', [head(7)], [local(7)], 'equal'],
    ['the cloud has less', [head(5)], [local(7)], 'cloud_behind'],
    ['the cloud has never heard of the stream', [], [local(7)], 'cloud_behind'],
    ['nobody has written to the stream', [], [local(0)], 'equal'],
    ['the cloud has more', [head(9)], [local(7)], 'cloud_ahead'],
    ['the chains differ at the cloud’s head', [head(5, 'x')], [local(7)], 'chain_differs'],
    [
      'they differ beyond what was acked',
      [head(5, 'x')],
      [local(7, 'ledger', { ackedSeq: 4 })],
      'cloud_ahead',
    ],
    [
      'the op was acked and pruned here',
      [head(2, 'x')],
      [local(7, 'ledger', { kept: 4 })],
      'cloud_behind',
    ],
  ] as const)('%s', (...row) => {
    const [, cloud, ours, relation] = row
    expect(compareHeads(cloud, ours)).toBe(relation)
  })

  it('the worst stream decides', () => {
    const streams = [local(3), local(2, 'alarm')]
    expect(compareHeads([head(1), head(5, 'c5', 'alarm')], streams)).toBe('cloud_ahead')
    expect(compareHeads([head(9), head(2, 'x', 'alarm')], streams)).toBe('chain_differs')
  })
})
