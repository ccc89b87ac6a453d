import { whatIfAsk } from '@baari/shared/contracts/http/what-if-api'
import { whatIf } from '@baari/shared/domain/twin/what-if'
import { stationOf } from '@baari/shared/contracts/twin/scenario-station'
import { present } from '@baari/shared/faults/assert'
import { describe, expect, it } from 'vitest'
import { whatIfDesk } from '../../../src/app/what-if/what-if-desk.ts'
import type { PlayWhatIf, WhatIfEnd } from '../../../src/ports/what-if.ts'

const ask = whatIfAsk.parse({
  scenario: { name: 'small', replications: 2, days: 2, steady: { positions: 2, load: 0.5 } },
  changes: [],
})

/** Plays when it is told to, so that a test says who is running and who waits. */
function slowPlayer() {
  const running: { readonly end: (end: WhatIfEnd) => void; readonly left: AbortSignal }[] = []
  const play: PlayWhatIf = (_ask, left) =>
    new Promise((resolve) => {
      running.push({ end: resolve, left })
      left.addEventListener('abort', () => resolve({ kind: 'left' }))
    })
  return { running, desk: whatIfDesk(play) }
}

const nobodyLeaves = new AbortController().signal
const tooLong = { kind: 'too-long' } as const
const codeOf = async (answer: ReturnType<ReturnType<typeof whatIfDesk>['ask']>) => {
  const told = await answer
  return told.ok ? 'ok' : told.error.code
}
/** Everything that can go on without the player has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('questions to the twin', () => {
  it('one is played at a time, three wait in their order, a fifth is sent away', async () => {
    const { running, desk } = slowPlayer()
    const ends: number[] = []
    const asked = [1, 2, 3, 4].map(async (n) => {
      const code = await codeOf(desk.ask(ask, nobodyLeaves))
      ends.push(n)
      return code
    })
    expect(await desk.ask(ask, nobodyLeaves)).toMatchObject({
      error: { code: 'what_if_busy', facts: { retryAfterS: 10 } },
    })
    for (let n = 0; n < 4; n += 1) {
      await settled()
      expect(running).toHaveLength(n + 1)
      running[n]?.end(tooLong)
    }
    expect(await Promise.all(asked)).toEqual(Array(4).fill('what_if_too_long'))
    expect(ends).toEqual([1, 2, 3, 4])
    expect(running).toHaveLength(4)
  })

  it('who leaves while waiting gives the place up; who leaves while played frees the thread', async () => {
    const { running, desk } = slowPlayer()
    const [first, second] = [new AbortController(), new AbortController()]
    const played = codeOf(desk.ask(ask, first.signal))
    const waited = codeOf(desk.ask(ask, second.signal))
    const next = codeOf(desk.ask(ask, nobodyLeaves))
    await settled()
    second.abort()
    expect(await waited).toBe('what_if_left')
    first.abort()
    expect(await played).toBe('what_if_left')
    await settled()
    expect(running).toHaveLength(2)
    running[1]?.end(tooLong)
    expect(await next).toBe('what_if_too_long')
    expect(await codeOf(desk.ask(ask, first.signal))).toBe('what_if_left')
  })

  it('a thread that fails passes its turn on', async () => {
    let times = 0
    const desk = whatIfDesk(() => {
      times += 1
      return times === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(tooLong)
    })
    const [broken, next] = [desk.ask(ask, nobodyLeaves), codeOf(desk.ask(ask, nobodyLeaves))]
    await expect(broken).rejects.toThrow('broken')
    expect(await next).toBe('what_if_too_long')
  })

  it('figures are passed on as the twin gives them, and an impossible change with its reason', async () => {
    const answer = whatIf(stationOf(ask.scenario), [], { seed: 1, replications: 2 })
    const value = present(answer.ok ? answer.value : undefined, 'an answer')
    const tells = (end: WhatIfEnd) => whatIfDesk(() => Promise.resolve(end)).ask(ask, nobodyLeaves)
    expect(await tells({ kind: 'answer', answer: value, cpuMs: 7 })).toEqual({
      ok: true,
      value: { ...value, cpuMs: 7 },
    })
    expect(
      await tells({ kind: 'impossible', no: { code: 'overloaded', load: 1.066 } }),
    ).toMatchObject({
      error: { code: 'what_if_impossible', facts: { reason: 'overloaded', loadPercent: 107 } },
    })
  })
})
