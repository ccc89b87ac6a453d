import { streamsOf, type Stream } from '@baari/shared/domain/twin/chance'
import { meanWait } from '@baari/shared/domain/twin/closed-forms'
import { pooledFifo } from '@baari/shared/domain/twin/pooled-fifo'
import { steadyTraffic } from '@baari/shared/domain/twin/steady-state'
import {
  meanService,
  simInstant,
  squaredVariation,
  usualShares,
  type Visit,
} from '@baari/shared/domain/twin/visit'
import { waitsOf } from '@baari/shared/domain/twin/waits'
import { millis, minutes } from '@baari/shared/units/time'
import type { Judged } from './judged.ts'

/** E[S] and the squared variation of all classes together (lanes.md section 4). */
export const allClasses = {
  meanService: meanService(usualShares) / minutes(1),
  squaredVariation: squaredVariation(usualShares),
}

const warmUpDays = 4
const dayMs = 86_400_000

/** 24 × 24 days were not enough for 3 %: about seventeen times as much is. */
const long = { runs: 17, days: 576 }
const quick = { runs: 1, days: 200 }

type Length = typeof long

type Check = {
  readonly name: string
  readonly positions: number
  readonly load: number
  readonly exponential: boolean
}

const checks: readonly Check[] = [
  { name: 'mmc_c2_r85', positions: 2, load: 0.85, exponential: true },
  { name: 'mmc_c4_r85', positions: 4, load: 0.85, exponential: true },
  { name: 'mmc_c8_r85', positions: 8, load: 0.85, exponential: true },
  { name: 'mg1_r85', positions: 1, load: 0.85, exponential: false },
]

/** Relative distance from the closed form at the length of run that can show 3 %. */
const bar = 0.03

export function closedFormChecks(seed: number, short: boolean): readonly Judged[] {
  return checks.map((check) => {
    const simulated = simulatedWait(check, seed, short ? quick : long)
    const exact = meanWait({
      servers: check.positions,
      load: check.load,
      meanService: allClasses.meanService,
      squaredVariation: check.exponential ? 1 : allClasses.squaredVariation,
    })
    const off = Math.abs(simulated / exact - 1)
    const shown = `${simulated.toFixed(2)} for ${exact.toFixed(2)}`
    return {
      name: `closed_form_${check.name}_off`,
      value: off,
      op: '<=',
      goal: short ? 0.2 : bar,
      shown,
    }
  })
}

function simulatedWait(check: Check, seed: number, { runs, days }: Length): number {
  const measured = { from: simInstant(warmUpDays * dayMs), to: simInstant(days * dayMs) }
  let sum = 0
  for (let replication = 0; replication < runs; replication += 1) {
    const visits = visitsOf(check, { seed, replication }, days)
    sum += waitsOf(visits, pooledFifo(visits, check), measured).allMean
  }
  return sum / runs
}

function visitsOf(
  { positions, load, exponential }: Check,
  seed: { readonly seed: number; readonly replication: number },
  days: number,
): readonly Visit[] {
  const scenario = {
    ...{ positions, load, days, bookedShare: 0, noShow: 0, punctualityMinutes: 0 },
    ...{ shares: usualShares, stagingNoise: false },
  }
  const { visits } = steadyTraffic(scenario, seed)
  if (!exponential) return visits
  const random = streamsOf(seed)('booked-services')
  return visits.map((visit) => ({ ...visit, service: exponentialService(random) }))
}

function exponentialService(random: Stream): Visit['service'] {
  return millis(Math.round(-Math.log(1 - random()) * minutes(allClasses.meanService)))
}
