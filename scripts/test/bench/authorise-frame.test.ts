import { expect, it } from 'vitest'
import { authoriseWritten } from '../../bench/scan/authorise-frame.ts'

/** Write of eleven registers from 96: id of four words, code, nozzle, and what follows. */
const write = (code: number, start = 96): Uint8Array =>
  Uint8Array.of(
    ...[3, 0x10, start >> 8, start & 0xff, 0, 11, 22],
    ...[1, 2, 3, 4, 5, 6, 7, 8],
    ...[0, code, 0, 1],
    ...new Array<number>(10).fill(0),
  )

it('the write of an authorise block names its dispenser', () => {
  expect(authoriseWritten(write(1))).toBe(3)
})

it('a stop is no authorise', () => {
  expect(authoriseWritten(write(2))).toBeUndefined()
})

it('a write elsewhere is no authorise', () => {
  expect(authoriseWritten(write(1, 97))).toBeUndefined()
})

it('a poll is no authorise', () => {
  expect(authoriseWritten(Uint8Array.of(3, 3, 0, 96, 0, 12, 0, 0))).toBeUndefined()
})

it('a torn write is no authorise', () => {
  expect(authoriseWritten(write(1).subarray(0, 15))).toBeUndefined()
})
