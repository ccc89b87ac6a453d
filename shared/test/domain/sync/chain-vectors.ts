import { hexOf } from '../../../src/codecs/hex.ts'
import { chainHead, nextHead } from '../../../src/domain/sync/chain.ts'
import { testSha256 } from '../../../src/testing/test-keys.ts'
import { stationNo } from '../../../src/units/names.ts'

const start = {
  station: stationNo(57),
  epoch: '00112233445566778899aabbccddeeff',
  stream: 'ledger',
} as const

/** Three ops as sent: a boot, an entity and a note with text outside ASCII. */
const lines: readonly string[] = [
  '{"s":1,"k":"boot","e":0,"t":1795336800000,"m":12,"b":{"id":"a1b2c3d4"}}',
  '{"s":2,"k":"entity","e":1,"t":1795336800100,"m":112,"b":{"ref":1,"type":"booking","uuid":"0192f3a4-5b6c-7d8e-9f01-23456789abcd"}}',
  '{"s":3,"k":"note","e":1,"t":1795336800200,"m":212,"b":{"text":"बारी"}}',
]

/** Everything `vectors/chain.json` holds. */
export function chainVectors() {
  let head = chainHead(start, testSha256)
  const first = hexOf(head)
  const ops = lines.map((line) => {
    head = nextHead(head, new TextEncoder().encode(line), testSha256)
    return { line, chain: hexOf(head) }
  })
  return {
    about: 'Hash chain of a stream: head of the empty stream, then three ops.',
    ...start,
    head: first,
    ops,
  }
}
