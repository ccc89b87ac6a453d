import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { differenceOf, runningOf } from '../../../src/domain/fill/fill-books.ts'
import { opening } from './fill-examples.ts'
import { fillWorld, type Act, type World } from './fill-world.ts'

const flow = fc.record({
  kind: fc.constant('flow' as const),
  grams: fc.integer({ min: 1, max: 4_000 }),
})
const plain = fc.record({
  kind: fc.constantFrom(
    'request',
    'lift',
    'hang-up',
    'observe',
    'work',
    'work',
    'work',
    'work',
    'work',
    'work',
    'work',
  ),
})
const rare = fc.record({ kind: fc.constantFrom('manual', 'crash', 'restart') })
const acts = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: plain },
    { weight: 3, arbitrary: flow },
    { weight: 1, arbitrary: rare },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<readonly Act[]>

function run(script: readonly Act[]): World {
  const world = fillWorld()
  for (const act of script) world.act(act)
  world.settleDown()
  return world
}

function check(world: World): void {
  const account = world.account()
  const running = runningOf(world.state())
  expect(differenceOf(account, running)).toBe(0)
  const known = account.settledGrams + account.orphanGrams + account.disputedGrams
  expect(known + (running?.deliveredGrams ?? 0)).toBe(world.nozzle().total - opening)
  expect(world.settledTwice()).toBe(false)
  const stillFilling = running !== null && world.state().kind !== 'orphan'
  if (!stillFilling)
    expect([...world.redeemed().keys()].sort()).toEqual([...world.tookGas()].sort())
  expect([...world.authorised().values(), ...world.redeemed().values()].every((n) => n === 1)).toBe(
    true,
  )
}

/** One whole fill in its single acts, so that a crash can be put between any two of them. */
const whole: readonly Act[] = [
  { kind: 'request' },
  ...repeat({ kind: 'work' }, 5),
  { kind: 'lift' },
  { kind: 'flow', grams: 300 },
  { kind: 'observe' },
  ...repeat({ kind: 'work' }, 5),
  { kind: 'flow', grams: 2_000 },
  { kind: 'observe' },
  ...repeat({ kind: 'work' }, 5),
  { kind: 'flow', grams: 1_700 },
  { kind: 'hang-up' },
  { kind: 'observe' },
  ...repeat({ kind: 'work' }, 14),
]

function repeat(act: Act, times: number): readonly Act[] {
  return Array.from({ length: times }, () => act)
}

describe('whatever is cut short', () => {
  it('P01: a crash at any point of a fill leaves books that balance to the gram', () => {
    for (let at = 0; at <= whole.length; at += 1) {
      const rest = whole.slice(at).filter((act) => act.kind !== 'work' && act.kind !== 'observe')
      check(run([...whole.slice(0, at), { kind: 'crash' }, ...rest, { kind: 'restart' }]))
    }
  })
  it('P01: a second crash during recovery changes nothing of that', () => {
    for (let at = 0; at <= whole.length; at += 1) {
      const restart: readonly Act[] = [{ kind: 'crash' }, { kind: 'restart' }, { kind: 'crash' }]
      check(run([...whole.slice(0, at), ...restart, ...whole.slice(at)]))
    }
  })
  it('any order of requests, manual sales, crashes and restarts balances, settles and redeems once', () => {
    fc.assert(
      fc.property(acts, (script) => {
        check(run(script))
      }),
      { numRuns: 3_000 },
    )
  })
  it('after a restart no gas flows by our act until a new request', () => {
    fc.assert(
      fc.property(acts, (script) => {
        const world = fillWorld()
        for (const act of script) world.act(act)
        world.act({ kind: 'crash' })
        const before = world.nozzle().authorisations
        world.act({ kind: 'restart' })
        world.settleDown()
        expect(world.nozzle().authorisations).toBe(before)
      }),
    )
  })
})
