import { after, instant, millis } from '@baari/shared/units/time'
import { enrolCodeForm } from '@baari/shared/contracts/sync/enrol'
import { describe, expect, it } from 'vitest'
import {
  codeExpires,
  decideEnrolment,
  enrolCodeOf,
  nextKid,
  wrongTriesMost,
} from '../../../src/domain/sync/decide-enrolment.ts'

const given = instant(1_790_000_000_000)
const code = { expires: codeExpires(given), tries: 0, used: false }
const right = { now: given, codeFits: true, signatureFits: true }
const no = (kind: 'unauthorised' | 'used', countsAsTry: boolean) => ({
  ok: false,
  error: { no: kind, countsAsTry },
})

describe('who may enrol', () => {
  it('the code that was given, signed by the key that enrols, does', () => {
    expect(decideEnrolment(code, right)).toEqual({ ok: true, value: 'enrol' })
  })

  it('a wrong code and a wrong signature are the same no, and count', () => {
    const wrong = no('unauthorised', true)
    expect(decideEnrolment(code, { ...right, codeFits: false })).toEqual(wrong)
    expect(decideEnrolment(code, { ...right, signatureFits: false })).toEqual(wrong)
  })

  it('the fifth wrong try voids the code, also for who has it right', () => {
    const last = { ...code, tries: wrongTriesMost - 1 }
    expect(decideEnrolment(last, right).ok).toBe(true)
    expect(decideEnrolment({ ...code, tries: wrongTriesMost }, right)).toEqual(
      no('unauthorised', false),
    )
  })

  it('a code lives 24 h to the millisecond', () => {
    const end = after(given, millis(86_400_000))
    expect(decideEnrolment(code, { ...right, now: instant(end - 1) }).ok).toBe(true)
    expect(decideEnrolment(code, { ...right, now: end })).toEqual(no('unauthorised', false))
  })

  it('only who knows a used code is told that it was used', () => {
    const used = { ...code, used: true }
    expect(decideEnrolment(used, right)).toEqual(no('used', false))
    expect(decideEnrolment(used, { ...right, codeFits: false })).toEqual(no('unauthorised', false))
  })

  it('without a code nobody enrols', () => {
    expect(decideEnrolment(undefined, right)).toEqual(no('unauthorised', false))
  })
})

it('key numbers begin at 128 and rise with each enrolment', () => {
  expect([null, 128, 200, 0xffff].map(nextKid)).toEqual([128, 129, 201, 128])
})

it('a code is twelve characters of 32, whatever the bytes are', () => {
  expect(enrolCodeOf(new Uint8Array(12))).toBe('0000-0000-0000')
  expect(enrolCodeOf(Uint8Array.from({ length: 12 }, (_, n) => 255 - n))).toMatch(enrolCodeForm)
})
