import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  JsonNumber,
  readJson,
  writeJson,
  type JsonValue,
} from '../../../src/protocols/pts2/json-text.ts'

/** What the built-in reader makes of it, numbers as floats; undefined when it refuses. */
function builtIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asFloats(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(asFloats)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asFloats(one)]))
}

it('a number keeps the digits that a float would change', () => {
  const text = '{"a":25.0,"b":0.1000000000000000055,"c":-0,"d":[1E2,9007199254740993]}'
  const read = readJson(text)
  expect(read.ok && writeJson(read.value)).toBe(text)
})

it('any JSON value reads as the built-in reader reads it, and writes back the same', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      const read = readJson(text)
      expect(read.ok).toBe(true)
      if (!read.ok) return
      expect(asFloats(read.value)).toEqual(builtIn(text))
      expect(readJson(writeJson(read.value))).toEqual(read)
    }),
  )
})

it('no text is accepted that the built-in reader refuses', () => {
  const piece = fc.constantFrom(
    ...['{', '}', '[', ']', ':', ',', '"', '\\', 'a', '1', '0', '-', '.', 'e', ' ', 'null', 'true'],
    ...['"a"', '\\u00e9', '\n', '\u0000', '+', "'", '//'],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      if (readJson(text).ok) expect(builtIn(text)).not.toBeUndefined()
    }),
    { numRuns: 2_000 },
  )
})

it('a string as long as a message is read, and one without an end is refused, without a throw', () => {
  const long = '\\n'.repeat(60_000)
  expect(readJson(`"${long}"`).ok).toBe(true)
  expect(readJson(`"${long}`)).toMatchObject({ ok: false, error: { at: 0, torn: true } })
  expect(readJson('9'.repeat(120_000)).ok).toBe(true)
})

describe('refused', () => {
  it.each([
    ['a member twice', '{"Volume":1,"Volume":2}'],
    ['nesting without end', '['.repeat(40) + ']'.repeat(40)],
    ['a second value', '{} {}'],
    ['a leading zero', '[01]'],
    ['a comma too many', '[1,]'],
    ['a plus sign', '[+1]'],
    ['NaN', '[NaN]'],
    ['a raw control character in a string', '["\u0001"]'],
  ])('%s', (_, text) => {
    expect(readJson(text).ok).toBe(false)
  })

  it('a text cut off anywhere is torn, never read in part', () => {
    const text = '{"a":[1.5,"x\\n"],"b":true}'
    for (let cut = 0; cut < text.length; cut += 1) {
      expect(readJson(text.slice(0, cut)), text.slice(0, cut)).toMatchObject({
        ok: false,
        error: { torn: true },
      })
    }
  })
})
