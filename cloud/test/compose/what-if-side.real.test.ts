import { whatIfAsk } from '@baari/shared/contracts/http/what-if-api'
import { afterEach, describe, expect, it } from 'vitest'
import { whatIfSide, type WhatIfSide } from '../../src/compose/what-if-side.ts'

let side: WhatIfSide | undefined
afterEach(async () => {
  await side?.stop()
})

const day = { positions: 2, load: 0.7 }
const asked = (replications: number) =>
  whatIfAsk.parse({ scenario: { name: 'A', replications, day }, changes: [] })
const here = new AbortController().signal
const bounds = { cpuMaxMs: 60_000, withinMs: 60_000, heapMb: 512 }

describe('a question in its thread', () => {
  it('one that uses up its share of the processor ends, and the next is played', async () => {
    side = whatIfSide({ ...bounds, cpuMaxMs: 0 })
    const { ask } = side.routes
    const [ended, next] = [ask(asked(40), here), ask(asked(40), here)]
    expect(await ended).toMatchObject({ ok: false, error: { code: 'what_if_too_long' } })
    expect(await next).toMatchObject({ ok: false, error: { code: 'what_if_too_long' } })
  })

  it('one that does not end by the clock is ended', async () => {
    side = whatIfSide({ ...bounds, withinMs: 1 })
    expect(await side.routes.ask(asked(40), here)).toMatchObject({
      error: { code: 'what_if_too_long' },
    })
  })

  it('one whose asker has gone ends without an answer; within its bounds it has one', async () => {
    side = whatIfSide(bounds)
    const left = new AbortController()
    const gone = side.routes.ask(asked(40), left.signal)
    const next = side.routes.ask(asked(2), here)
    left.abort()
    expect(await gone).toMatchObject({ error: { code: 'what_if_left' } })
    const { ok, ...told } = await next
    expect([ok, told]).toMatchObject([true, { value: { now: { queue: expect.any(Array) } } }])
  })
})
