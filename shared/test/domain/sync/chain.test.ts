import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hexOf } from '../../../src/codecs/hex.ts'
import { chainHead, nextHead, streamNames } from '../../../src/domain/sync/chain.ts'
import { testSha256 } from '../../../src/testing/test-keys.ts'
import { stationNo } from '../../../src/units/names.ts'
import { chainVectors } from './chain-vectors.ts'

const vectorFile = new URL('../../../vectors/chain.json', import.meta.url)
const start = { station: stationNo(57), epoch: 'ab', stream: 'ledger' } as const
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const headAfter = (lines: readonly string[]): string =>
  hexOf(
    lines.reduce(
      (head, line) => nextHead(head, bytes(line), testSha256),
      chainHead(start, testSha256),
    ),
  )

describe('chain', () => {
  it('the file holds exactly what the code makes (renew with vitest -u)', async () => {
    await expect(`${JSON.stringify(chainVectors(), null, 2)}\n`).toMatchFileSnapshot(
      vectorFile.pathname,
    )
  })

  it("three ops have the heads Python's hashlib gives", () => {
    const { ops, head } = JSON.parse(readFileSync(vectorFile, 'utf8')) as ReturnType<
      typeof chainVectors
    >
    expect(head).toBe('0d106545f3f60a8bbe8e66442464d3ed960870ba530c63791b4cee832a18d97a')
    expect(ops.map(({ chain }) => chain)).toEqual([
      'd2032ea8fcdd62adfdbb623dc4285e5d952c98d865274687bdd4422857959696',
      'b685fd8e24097285a974fdaf93540ec25ffb63aea55b4f8fac1951a91d7cf559',
      '6f38d5496380ef6bd29c45709c6ce1d8ee7954391e26bd4ffc0251af523f561c',
    ])
  })

  it('stations, epochs and streams begin with different heads', () => {
    const starts = [
      start,
      { ...start, station: stationNo(5) },
      { ...start, epoch: 'ac' },
      ...streamNames.slice(1).map((stream) => ({ ...start, stream })),
    ]
    expect(new Set(starts.map((one) => hexOf(chainHead(one, testSha256)))).size).toBe(6)
  })

  it('a lost, swapped or altered op changes the head', () => {
    const line = fc.stringMatching(/^[ -~]{0,20}$/)
    fc.assert(
      fc.property(fc.uniqueArray(line, { minLength: 2, maxLength: 8 }), fc.nat(), (lines, pick) => {
        const at = pick % (lines.length - 1)
        const whole = headAfter(lines)
        expect(headAfter(lines.toSpliced(at, 1))).not.toBe(whole)
        expect(headAfter(lines.toSpliced(at, 2, lines[at + 1]!, lines[at]!))).not.toBe(whole)
        expect(headAfter(lines.with(at, `${lines[at]}.`))).not.toBe(whole)
      }),
    )
  })

  it('a line with its LF, a short head and an epoch in capitals are bugs', () => {
    const head = chainHead(start, testSha256)
    expect(() => nextHead(head, bytes('{}\n'), testSha256)).toThrow('LF')
    expect(() => nextHead(head.slice(1), bytes('{}'), testSha256)).toThrow('32 bytes')
    expect(() => chainHead({ ...start, epoch: 'AB' }, testSha256)).toThrow('lower-case')
  })
})
