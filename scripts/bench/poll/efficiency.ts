import { millis } from '@baari/shared/units/time'
import type { LineTiming } from '@baari/hardware/transports/line-timing'
import { present } from '@baari/shared/faults/assert'
import { pollEfficiency } from '../../../hardware/test/rigs/line-meters.ts'
import { sharedMs } from '../../../hardware/test/rigs/paced-clock.ts'
import { barePollRate } from './bare-master.ts'
import { spreadOf, type Spread } from '../figures/spread.ts'
import type { BenchWire } from './bench-wire.ts'
import { busyPollMs, openPolledLine, pauseMs, tcpLine, type RoundSizes } from './polled-line.ts'
import type { LinePlan } from './wire-messages.ts'

export type EfficiencyRow = {
  readonly plan: LinePlan
  readonly pollsPerSecond: Spread
  readonly efficiency: Spread
  /** The same of a bare loop on the same wire: what wire and machine allow. */
  readonly bare: Spread
  /** Ours over the bare one's, round by round. */
  readonly ratio: Spread
}

/** Polls answered per second on each line, round by round in turn, against what the line can carry. */
export async function measureEfficiency(
  wire: BenchWire,
  plans: readonly LinePlan[],
  sizes: RoundSizes,
): Promise<readonly EfficiencyRow[]> {
  const rounds = plans.map((): Round[] => [])
  for (let round = 0; round < sizes.rounds; round += 1) {
    for (const [line, { timing }] of plans.entries()) {
      const port = present(wire.ports[line], 'a port')
      const ours = await pollRate(port, timing, sizes)
      rounds[line]?.push({ ours, bare: await barePollRate(port, timing, sizes) })
    }
  }
  return plans.map((plan, line) => rowOf(plan, rounds[line] ?? []))
}

type Round = { readonly ours: number; readonly bare: number }

function rowOf(plan: LinePlan, rounds: readonly Round[]): EfficiencyRow {
  const at = { timing: plan.timing, deviceDelayMs: millis(plan.deviceDelayMs) }
  const spread = (of: (round: Round) => number): Spread => spreadOf(rounds.map(of))
  return {
    plan,
    pollsPerSecond: spread(({ ours }) => ours),
    efficiency: spread(({ ours }) => pollEfficiency(ours, at)),
    bare: spread(({ bare }) => pollEfficiency(bare, at)),
    ratio: spread(({ ours, bare }) => ours / bare),
  }
}

async function pollRate(
  port: number,
  timing: LineTiming,
  { warmMs, forMs }: RoundSizes,
): Promise<number> {
  const line = await openPolledLine({ pipe: tcpLine(port), timing, pollMs: busyPollMs })
  await pauseMs(warmMs)
  const [before, fromMs] = [line.bus.stats().replies, sharedMs()]
  await pauseMs(forMs)
  const rate = ((line.bus.stats().replies - before) * 1000) / (sharedMs() - fromMs)
  await line.stop()
  return rate
}
