import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import { withTrees } from '@baari/shared/domain/forecast/pool/learners'
import type { FitJob } from '@baari/shared/domain/forecast/pool/fit-job'
import type { TwoPeakDay } from '@baari/shared/domain/twin/two-peak-day'
import { usualShares } from '@baari/shared/domain/twin/visit'
import { expect, it } from 'vitest'
import { trainedCap } from '../../bench/twin/trained-cap.ts'

const day: TwoPeakDay = {
  ...{ positions: 4, load: 0.8, bookedShare: 0.5, noShow: 0.1, punctualityMinutes: 5 },
  ...{ shares: usualShares, stagingNoise: true, forecastError: 0, cap: 'forecast' },
}

/** Enough trees for a daily shape; the bench takes all of them. */
function fewer(job: FitJob): FitJob {
  const { learner } = job
  if (learner.kind === 'boost') return withTrees(job, 60)
  return { ...job, learner: { ...learner, spec: { ...learner.spec, trees: 6 } } }
}

it('the cap of a trained forecast keeps the goal for a forecast off by 30 %, the flat one costs', () => {
  const { trained, flat, came } = trainedCap({
    ...{ day, rule: { config: recommendedConfig, staging: true }, job: fewer },
    ...{ seed: { seed: 1, replication: 1 }, recorded: 42, played: 14 },
  })
  expect(trained.mean).toBeLessThanOrEqual(0.7)
  expect(flat.mean).toBeGreaterThan(trained.mean)
  expect(came.mae).toBeLessThan(came.naiveMae)
  expect(came.cover).toBeGreaterThan(0.74)
})
