import { expect, it } from 'vitest'
import { plateTagOf } from '../../src/codecs/plate-tag.ts'
import { normalisePlate, type Plate } from '../../src/domain/plate/plate.ts'
import { testHmac } from '../../src/testing/test-keys.ts'
import { bookingId } from '../../src/units/names.ts'

const booking = bookingId('0192f3a4-5b6c-7d8e-9f01-23456789abcd')
const plateOf = (text: string): Plate => {
  const plate = normalisePlate(text)
  if (!plate.ok) expect.fail(`${text} is a plate`)
  return plate.value
}

it('a plate tag is the first four bytes of HMAC-SHA256 under the booking id', () => {
  // printf MH12AB1234 | openssl dgst -sha256 -mac HMAC -macopt hexkey:0192f3a45b6c7d8e9f0123456789abcd
  expect(plateTagOf(booking, plateOf('MH 12 AB 1234'), testHmac)).toBe('393f5768')
})

it('the spelling of a plate does not change its tag, another plate or booking does', () => {
  const tag = plateTagOf(booking, plateOf('mh-12-ab-1234'), testHmac)
  expect(plateTagOf(booking, plateOf('MH१२ AB १२३४'), testHmac)).toBe(tag)
  expect(plateTagOf(booking, plateOf('MH 12 AB 1235'), testHmac)).not.toBe(tag)
  const other = bookingId('0192f3a4-5b6c-7d8e-9f01-23456789abce')
  expect(plateTagOf(other, plateOf('MH 12 AB 1234'), testHmac)).not.toBe(tag)
})
