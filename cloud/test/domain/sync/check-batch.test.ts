import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkBatch, type BatchLines, type Head } from '../../../src/domain/sync/check-batch.ts'

/** A chain a person can read: the values are the lines so far. */
const nextHash = (previous: string, line: Uint8Array): string =>
  `${previous}.${Buffer.from(line).toString()}`

function stream(words: readonly string[]): { chain: string[]; lines: Uint8Array[] } {
  const lines = words.map((word) => Buffer.from(word))
  const chain = ['h0']
  for (const line of lines) chain.push(nextHash(chain.at(-1) as string, line))
  return { chain, lines }
}

const ours = stream(['a', 'b', 'c', 'd', 'e', 'f'])

function headAt(seq: number): Head {
  return { seq, chain: ours.chain[seq] as string }
}

function batch(first: number, last: number, of = ours): BatchLines {
  return {
    first,
    prevChain: of.chain[first - 1] as string,
    lines: of.lines.slice(first - 1, last).map((raw, index) => ({ seq: first + index, raw })),
  }
}

const stored = new Map(ours.chain.map((hash, seq) => [seq, hash]))

describe('check of a batch against its head', () => {
  it('a batch that continues the head fits, with the chain after each of its lines', () => {
    expect(checkBatch(headAt(2), batch(3, 5), { stored, nextHash })).toEqual({
      kind: 'fits',
      duplicates: 0,
      hashes: ours.chain.slice(3, 6),
      chain: ours.chain[5],
    })
  })

  it('an empty batch proves that the chains are equal', () => {
    expect(checkBatch(headAt(2), batch(3, 2), { stored, nextHash })).toEqual({
      kind: 'fits',
      duplicates: 0,
      hashes: [],
      chain: ours.chain[2],
    })
    const other = { ...batch(3, 2), prevChain: 'other' }
    expect(checkBatch(headAt(2), other, { stored, nextHash })).toEqual({ kind: 'fork', forkAt: 3 })
  })

  it('a batch that begins beyond the head is a gap', () => {
    expect(checkBatch(headAt(2), batch(4, 5), { stored, nextHash })).toEqual({
      kind: 'gap',
      expected: 3,
    })
  })

  it('a hole inside the batch is a gap at the head, where sending has to go on', () => {
    const holed = batch(3, 6)
    const lines = holed.lines.filter((line) => line.seq !== 4)
    expect(checkBatch(headAt(2), { ...holed, lines }, { stored, nextHash })).toEqual({
      kind: 'gap',
      expected: 3,
    })
  })

  it('a line that cannot be parsed stands where it stands', () => {
    const whole = batch(3, 5)
    const lines = whole.lines.map((line) => ({ ...line, seq: line.seq === 4 ? null : line.seq }))
    expect(checkBatch(headAt(2), { ...whole, lines }, { stored, nextHash })).toMatchObject({
      kind: 'fits',
      chain: ours.chain[5],
    })
  })

  it('any cut of the same history fits and ends at the same chain', () => {
    const seq = fc.integer({ min: 0, max: 6 })
    fc.assert(
      fc.property(seq, seq, seq, (head, a, b) => {
        const first = Math.min(a, head) + 1
        const last = Math.max(first - 1, b)
        const check = checkBatch(headAt(head), batch(first, last), { stored, nextHash })
        expect(check).toMatchObject({ kind: 'fits', chain: ours.chain[Math.max(head, last)] })
      }),
    )
  })

  it('one changed line below the head is a fork exactly there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), (changed) => {
        const words = ['a', 'b', 'c', 'd', 'e', 'f']
        words[changed - 1] = 'x'
        const theirs = batch(1, 6, stream(words))
        expect(checkBatch(headAt(6), theirs, { stored, nextHash })).toEqual({
          kind: 'fork',
          forkAt: changed,
        })
      }),
    )
  })
})
