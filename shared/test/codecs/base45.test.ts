import fc from 'fast-check'
import { expect, it } from 'vitest'
import { base45Of, bytesOfBase45 } from '../../src/codecs/base45.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

it('the examples of RFC 9285 section 4 are written and read', () => {
  const examples = [
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ] as const
  for (const [plain, text] of examples) {
    expect(base45Of(ascii(plain))).toBe(text)
    expect(bytesOfBase45(text)).toEqual(ascii(plain))
  }
})

it('any bytes come back, also more than 255 of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(bytesOfBase45(base45Of(bytes))).toEqual(bytes)
    }),
  )
})

it('any text is the one spelling of its bytes or refused', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9A-Z $%*+\-./:]{0,30}$/), (text) => {
      const bytes = bytesOfBase45(text)
      if (bytes !== undefined) expect(base45Of(bytes)).toBe(text)
    }),
  )
})

it.each(['GGW', ':::', '::', 'A', 'BB8A', 'bb8', 'ÄÄÄ', 'B\n8'])('%j is refused', (text) => {
  expect(bytesOfBase45(text)).toBeUndefined()
})
