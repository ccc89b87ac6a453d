import type { Prng } from '@baari/shared/runtime/chance'
import { happens, oneOf } from '../world/chance.ts'

/**
 * Every kind of fault by its usual strength. Of exchanges and commands it is the probability of
 * each one; of everything else the expected number in a station's day (or the cloud's).
 */
export const usualFaults = {
  /** Per exchange with the cloud. */
  lostRequest: 0.02,
  lostAnswer: 0.02,
  doubledRequest: 0.02,
  /** Arrives once more, minutes or hours after everybody gave it up. */
  lateRequest: 0.005,
  cutBody: 0.01,
  busyAnswer: 0.02,
  signedOut: 0.005,
  slowAnswer: 0.03,
  /** Per command to a dispenser. */
  lostCommand: 0.01,
  lostReply: 0.02,
  doubledCommand: 0.02,
  /** Per station and day. */
  outage: 1,
  flappingLine: 0.5,
  stationCrash: 2,
  crashInCommand: 2,
  restoredBackup: 0.3,
  replacedNode: 0.3,
  clockStep: 0.5,
  fullDisk: 0.5,
  dispenserLine: 2,
  manualSale: 0.5,
  shapeForgotten: 1,
  /** Per day of the cloud. */
  cloudCrash: 1,
  crashBeforeCommit: 2,
  restoredCloud: 0.1,
  capacityShrink: 1,
} as const

export type FaultKind = keyof typeof usualFaults
export type FaultPlan = { readonly [K in FaultKind]: number }

export const faultKinds = Object.keys(usualFaults) as readonly FaultKind[]

export const noFaults = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as FaultPlan

/**
 * The swarm: a seed leaves out a good part of the kinds and makes others weaker or stronger. A
 * world with every fault at once would hide what one of them alone would show.
 */
export function swarm(prng: Prng, given: Partial<FaultPlan>): FaultPlan {
  const entries = faultKinds.map((kind) => {
    const off = happens(prng, 0.4)
    const strength = usualFaults[kind] * oneOf(prng, [0.5, 1, 2])
    return [kind, given[kind] ?? (off ? 0 : strength)] as const
  })
  return Object.fromEntries(entries) as FaultPlan
}
