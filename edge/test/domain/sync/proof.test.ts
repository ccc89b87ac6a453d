import { describe, expect, it } from 'vitest'
import { foundMax, recordOf, type Findings, type FoundRow } from '../../../src/domain/sync/proof.ts'

const row = (n: number, mended = true): FoundRow => ({
  ...{ set: 'fills', day: 20_000, key: `fill ${n}`, here: 'a', there: 'b', mended },
})
const findings = (found: readonly FoundRow[], more = false): Findings => ({
  ...{ from: 20_000, to: 20_001, rows: 9, found, more },
})
const nothing = { drifted: 0, found: [] }

describe('the proof that is kept', () => {
  it.each([
    ['nothing found', findings([]), 'equal'],
    ['all of it mended', findings([row(1), row(2)]), 'repaired'],
    ['one left', findings([row(1, false), row(2)]), 'differs'],
    ['more than was looked at', findings([row(1)], true), 'differs'],
  ] as const)('%s', (_name, found, outcome) => {
    const { more: _more, ...told } = found
    expect(recordOf(found, nothing)).toEqual({ ...told, outcome, drifted: 0 })
  })

  it('tells what earlier ones put right, and of a row that differs again only how it is now', () => {
    const record = recordOf(findings([row(1, false)]), { drifted: 2, found: [row(1), row(2)] })
    expect(record).toMatchObject({ outcome: 'differs', drifted: 2 })
    expect(record.found).toEqual([row(1, false), row(2)])
    expect(recordOf(findings([]), { drifted: 0, found: [row(3)] }).outcome).toBe('repaired')
  })

  it('names no more rows than the cloud reads, those for a person first', () => {
    const many = Array.from({ length: 2 * foundMax }, (_, n) => row(n, n !== 30))
    const { found, outcome } = recordOf(findings(many), nothing)
    expect(found).toHaveLength(foundMax)
    expect(found[0]).toEqual(row(30, false))
    expect(outcome).toBe('differs')
  })
})
