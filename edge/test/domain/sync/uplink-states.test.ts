import { maxBatchOps } from '@baari/shared/contracts/sync/uplink'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  batchOpsFloor,
  batchOpsFull,
  decideUplink,
  startUplink,
  uplinkKinds,
  type Carried,
  type UplinkEvent,
  type UplinkKind,
  type UplinkState,
  type UplinkStep,
} from '../../../src/domain/sync/uplink-states.ts'

const calm: Carried = { attempt: 0, refusals: 0, batchOps: batchOpsFull }
const at = (kind: UplinkKind, more: Partial<Carried> = {}): UplinkState => ({
  kind,
  carried: { ...calm, ...more },
})
const told = ({ state, effects }: UplinkStep) => [state.kind, ...effects.map((e) => e.kind)]

const events: readonly UplinkEvent[] = [
  { kind: 'timer' },
  { kind: 'link_up' },
  { kind: 'new_op' },
  { kind: 'session_opened' },
  { kind: 'compared', relation: 'equal' },
  { kind: 'compared', relation: 'cloud_behind' },
  { kind: 'compared', relation: 'cloud_ahead' },
  { kind: 'compared', relation: 'chain_differs' },
  { kind: 'acked', more: true },
  { kind: 'acked', more: false },
  { kind: 'gap', expected: 7 },
  { kind: 'fork' },
  { kind: 'epoch_refused' },
  { kind: 'fenced' },
  { kind: 'unauthorised' },
  { kind: 'too_large' },
  { kind: 'busy', retryAfterMs: 5_000 },
  { kind: 'refused' },
  { kind: 'failed' },
  { kind: 'recovered' },
  { kind: 'operator' },
]

/** What an exchange that did not succeed may come to, in any state that began one. */
const answerKinds: ReadonlySet<UplinkEvent['kind']> = new Set([
  ...(['gap', 'fork', 'epoch_refused', 'fenced', 'unauthorised'] as const),
  ...(['too_large', 'busy', 'refused', 'failed'] as const),
])

describe('the uplink loop, row by row of sync.md 4.3', () => {
  it.each([
    ['offline', { kind: 'timer' }, ['opening', 'open-session']],
    ['offline', { kind: 'link_up' }, ['opening', 'open-session']],
    ['offline', { kind: 'new_op' }, ['opening', 'open-session']],
    ['opening', { kind: 'session_opened' }, ['comparing', 'compare-heads']],
    ['opening', { kind: 'epoch_refused' }, ['recovering', 'recover']],
    ['opening', { kind: 'unauthorised' }, ['offline', 'wait']],
    ['opening', { kind: 'failed' }, ['offline', 'wait']],
    ['opening', { kind: 'fenced' }, ['fenced', 'remember-fenced', 'alarm']],
    ['comparing', { kind: 'compared', relation: 'equal' }, ['sending', 'send']],
    ['comparing', { kind: 'compared', relation: 'cloud_behind' }, ['sending', 'send']],
    ['comparing', { kind: 'compared', relation: 'cloud_ahead' }, ['recovering', 'recover']],
    ['comparing', { kind: 'compared', relation: 'chain_differs' }, ['forked', 'alarm']],
    ['sending', { kind: 'acked', more: true }, ['sending', 'send']],
    ['sending', { kind: 'acked', more: false }, ['idle', 'wait']],
    ['sending', { kind: 'gap', expected: 7 }, ['sending', 'rewind', 'send']],
    ['sending', { kind: 'fork' }, ['forked', 'alarm']],
    ['sending', { kind: 'epoch_refused' }, ['comparing', 'compare-heads']],
    ['sending', { kind: 'fenced' }, ['fenced', 'remember-fenced', 'alarm']],
    ['sending', { kind: 'unauthorised' }, ['opening', 'open-session']],
    ['sending', { kind: 'too_large' }, ['sending', 'send']],
    ['sending', { kind: 'busy', retryAfterMs: 5_000 }, ['offline', 'wait']],
    ['sending', { kind: 'refused' }, ['stalled', 'alarm', 'wait']],
    ['sending', { kind: 'failed' }, ['offline', 'wait']],
    ['idle', { kind: 'new_op' }, ['sending', 'send']],
    ['idle', { kind: 'timer' }, ['sending', 'send']],
    ['recovering', { kind: 'recovered' }, ['opening', 'open-session']],
    ['recovering', { kind: 'epoch_refused' }, ['opening', 'open-session']],
    ['stalled', { kind: 'operator' }, ['opening', 'open-session']],
    ['stalled', { kind: 'timer' }, ['opening', 'open-session']],
    ['forked', { kind: 'operator' }, ['opening', 'remember-fenced', 'open-session']],
    ['fenced', { kind: 'operator' }, ['opening', 'remember-fenced', 'open-session']],
  ] as const)('%s on %o', (kind, event, expected) => {
    expect(told(decideUplink(at(kind), event))).toEqual(expected)
  })
})

describe('waits', () => {
  function failedWaits(count: number): number[] {
    const waits: number[] = []
    let state = at('opening')
    for (let n = 0; n < count; n += 1) {
      const step = decideUplink(state, { kind: 'failed' })
      const wait = step.effects.find((effect) => effect.kind === 'wait')
      waits.push(wait?.kind === 'wait' ? wait.jitterMs : -1)
      state = { kind: 'opening', carried: step.state.carried }
    }
    return waits
  }

  it('grow from 1 s to a minute, all of it jitter, so that no two stations come back together', () => {
    expect(failedWaits(8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  })

  it('§9 case 14: keep to Retry-After, plus jitter, and a broken one silences nobody for long', () => {
    const wait = (retryAfterMs: number) =>
      decideUplink(at('sending'), { kind: 'busy', retryAfterMs }).effects[0]
    expect(wait(20_000)).toEqual({ kind: 'wait', floorMs: 20_000, jitterMs: 15_000 })
    expect(wait(Number.MAX_SAFE_INTEGER)).toMatchObject({ floorMs: 600_000 })
    expect(wait(-5)).toMatchObject({ floorMs: 0 })
  })

  it('a new op during a wait does not shorten it', () => {
    const waiting = at('offline', { attempt: 3 })
    expect(decideUplink(waiting, { kind: 'new_op' })).toEqual({ state: waiting, effects: [] })
  })

  it('the first applied batch forgets all failures', () => {
    const step = decideUplink(at('sending', { attempt: 6, refusals: 2 }), {
      kind: 'acked',
      more: false,
    })
    expect(step.state.carried).toMatchObject({ attempt: 0, refusals: 0 })
  })

  it('three refused sessions in a row are told to a person', () => {
    const codes = [0, 1, 2, 3].map((refusals) =>
      decideUplink(at('opening', { refusals }), { kind: 'unauthorised' }).effects.some(
        (effect) => effect.kind === 'alarm',
      ),
    )
    expect(codes).toEqual([false, false, true, true])
  })
})

describe('batches', () => {
  it('too large halves to the floor and then stalls; success grows it again', () => {
    const sizes: number[] = []
    let state = at('sending')
    while (state.kind === 'sending') {
      sizes.push(state.carried.batchOps)
      state = decideUplink(state, { kind: 'too_large' }).state
    }
    expect(sizes).toEqual([3_000, 1_500, 750, 375, 187, 93, 50])
    expect(batchOpsFull).toBe(maxBatchOps)
    expect(state.kind).toBe('stalled')
    const grown = decideUplink(at('sending', { batchOps: 62 }), { kind: 'acked', more: true })
    expect(grown.state.carried.batchOps).toBe(69)
  })

  it('§9 case 10: a line that carries fewer ops than a full batch before the deadline drains, too', () => {
    for (const carries of [80, 120, 400, 1_000, 2_999, batchOpsFull]) {
      let carried = startUplink.state.carried
      let drained = 0
      let failed = 0
      for (let tries = 0; tries < 200; tries += 1) {
        const { batchOps } = carried
        const fits = batchOps <= carries
        if (fits) drained += batchOps
        else failed += 1
        const event = fits
          ? ({ kind: 'acked', more: true } as const)
          : ({ kind: 'failed' } as const)
        carried = decideUplink({ kind: 'sending', carried }, event).state.carried
      }
      expect(drained).toBeGreaterThan(0.6 * 200 * carries)
      expect(failed).toBeLessThan(200 / 5)
    }
  })

  it('answers that lead in a circle get a wait after five rounds', () => {
    for (const event of [
      { kind: 'gap', expected: 3 },
      { kind: 'unauthorised' },
      { kind: 'epoch_refused' },
    ] as const) {
      let state = at('sending')
      let rounds = 0
      while (state.kind !== 'offline' && rounds < 50) {
        state = decideUplink({ kind: 'sending', carried: state.carried }, event).state
        rounds += 1
      }
      expect(rounds).toBe(6)
    }
  })
})

describe('any order of events', () => {
  const anyEvents = fc.array(fc.constantFrom(...events), { maxLength: 60 })

  it('an uplink that is offline, idle or stalled always has a way on by itself', () => {
    fc.assert(
      fc.property(anyEvents, (sequence) => {
        let { state, effects } = startUplink
        let waits = effects.some((effect) => effect.kind === 'wait')
        for (const event of sequence) {
          // A timer fires only when one is pending.
          if (event.kind === 'timer' && !waits) continue
          const before = state.kind
          ;({ state, effects } = decideUplink(state, event))
          if (event.kind === 'timer' || before !== state.kind) waits = false
          waits ||= effects.some((effect) => effect.kind === 'wait')
          if (['offline', 'idle', 'stalled'].includes(state.kind)) expect(waits).toBe(true)
        }
      }),
    )
  })

  it('nothing but a person opens a forked or fenced uplink', () => {
    for (const kind of ['forked', 'fenced'] as const) {
      for (const event of events.filter((one) => one.kind !== 'operator')) {
        expect(decideUplink(at(kind), event)).toEqual({ state: at(kind), effects: [] })
      }
    }
  })

  it('whatever the cloud answers, a state that awaits an answer goes on or waits: none is a dead end', () => {
    const answers = events.filter(({ kind }) => answerKinds.has(kind))
    const deadEnds = (['opening', 'comparing', 'sending', 'recovering'] as const).flatMap((kind) =>
      answers
        .filter((event) => decideUplink(at(kind), event).effects.length === 0)
        .map((event) => `${kind}: ${event.kind}`),
    )
    expect(answers).toHaveLength(answerKinds.size)
    expect(deadEnds).toEqual([])
  })

  it('the batch stays between floor and full, and a busy state awaits exactly one answer', () => {
    fc.assert(
      fc.property(fc.constantFrom(...uplinkKinds), anyEvents, (kind, sequence) => {
        let state = at(kind)
        for (const event of sequence) {
          const step = decideUplink(state, event)
          const asks = step.effects.filter((effect) =>
            ['open-session', 'compare-heads', 'send', 'recover'].includes(effect.kind),
          )
          const entered = step.state.kind !== state.kind || asks.length > 0
          const busy = ['opening', 'comparing', 'sending', 'recovering'].includes(step.state.kind)
          if (entered) expect(asks.length).toBe(busy ? 1 : 0)
          expect(step.state.carried.batchOps).toBeGreaterThanOrEqual(batchOpsFloor)
          expect(step.state.carried.batchOps).toBeLessThanOrEqual(batchOpsFull)
          state = step.state
        }
      }),
    )
  })
})

describe('many stations after an outage', () => {
  it('§9 case 14: five hundred that meet a 503 at once come back spread, none before its time', () => {
    const chance = seededPrng(14)
    const retryAfterMs = 5_000
    const returns = Array.from({ length: 500 }, () => {
      const sending = { kind: 'sending' as const, carried: startUplink.state.carried }
      const { effects } = decideUplink(sending, { kind: 'busy', retryAfterMs })
      const wait = effects.find((effect) => effect.kind === 'wait')
      return (wait?.floorMs ?? 0) + chance.next() * (wait?.jitterMs ?? 0)
    })
    expect(Math.min(...returns)).toBeGreaterThanOrEqual(retryAfterMs)
    const inSecond = new Map<number, number>()
    for (const ms of returns) {
      const second = Math.floor(ms / 1_000)
      inSecond.set(second, (inSecond.get(second) ?? 0) + 1)
    }
    // Spread evenly over 15 s it would be 33 a second.
    expect(Math.max(...inSecond.values())).toBeLessThan(60)
    expect(inSecond.size).toBe(15)
  })

  it('§9 case 14: the same with a cloud that is gone: tries spread further with each failure', () => {
    const chance = seededPrng(15)
    const spreads = [1, 4, 7].map((failures) => {
      const waits = Array.from({ length: 300 }, () => {
        let state = startUplink.state
        let waitMs = 0
        for (let n = 0; n < failures; n += 1) {
          const opening = { ...state, kind: 'opening' as const }
          const step = decideUplink(opening, { kind: 'failed' })
          const wait = step.effects.find((effect) => effect.kind === 'wait')
          waitMs = (wait?.floorMs ?? 0) + chance.next() * (wait?.jitterMs ?? 0)
          state = step.state
        }
        return waitMs
      })
      return Math.max(...waits)
    })
    expect(spreads[0]).toBeLessThanOrEqual(1_000)
    expect(spreads[1]).toBeGreaterThan(5_000)
    expect(spreads[2]).toBeGreaterThan(50_000)
    expect(spreads[2]).toBeLessThanOrEqual(60_000)
  })
})
