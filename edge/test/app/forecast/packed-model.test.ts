import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PackedOutput } from '@baari/shared/domain/forecast/trees/packed-trees'
import { readPacked, writePacked } from '../../../src/app/forecast/packed-model.ts'

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** One split and two leaves, of which the right one says nothing. */
const outputs: readonly PackedOutput[] = ['mean', 'classShares'].map((name, at) => ({
  ...{ name, exponential: at === 0, base: Float32Array.of(0.5, at), roots: Int32Array.of(0) },
  parts: [1],
  feature: Int32Array.of(3, -1, -1),
  threshold: Float32Array.of(1.5, 0, 0),
  missingLeft: Int32Array.of(1, 0, 0),
  left: Int32Array.of(1, 0, 1),
  right: Int32Array.of(2, 1, 1),
  leafTarget: Int32Array.of(1),
  leafValue: Float32Array.of(0.25),
}))
const file = writePacked(outputs, 'a model', hash)

describe('the file of packed trees', () => {
  it('what was written is read, of its own model alone', () => {
    expect(readPacked(file, 'a model', hash)).toEqual(outputs)
    expect(readPacked(file, 'another', hash)).toBeUndefined()
    expect(readPacked(undefined, 'a model', hash)).toBeUndefined()
  })

  it('one flipped bit or a missing end, and it is none', () => {
    for (let at = 0; at < file.length; at += 7) {
      const flipped = file.slice()
      flipped[at] = flipped[at]! ^ 4
      expect(readPacked(flipped, 'a model', hash)).toBeUndefined()
      expect(readPacked(file.slice(0, at), 'a model', hash)).toBeUndefined()
    }
  })
})
