import { describe, expect, it } from 'vitest'
import { runWorld, type WorldOptions } from '../../sim/world/world.ts'
import { smallWorld } from './small-world.ts'

type Named = {
  readonly claim: string
  readonly world: Partial<WorldOptions> & { readonly seed: number }
}

/** Worlds that once broke a rule, each with what was wrong in it. */
const named: readonly Named[] = [
  {
    // The exit scanner's op had no rule in the cloud, and its batch was answered 503 for ever.
    claim: 'a vehicle that drives off past an exit scanner does not stop the uplink',
    world: { seed: 1, vehicles: 30 },
  },
  {
    // Recovery of a position that met a full disk ended, and the position stayed held for ever.
    claim: 'a disk that is full when the node starts holds no position for longer than that',
    world: { seed: 34, faults: { fullDisk: 8, stationCrash: 12 } },
  },
  {
    // What was written in the epoch between the two restores was told to nobody.
    claim: 'a node put back twice within one outage tells what it sold in between',
    world: { seed: 3, vehicles: 12, faults: { restoredBackup: 5, outage: 4 } },
  },
  {
    // The epoch had been opened anew by the join that the backup did not know of.
    claim: 'a node put back to before it joined fetches what lies before that epoch, too',
    world: { seed: 1, vehicles: 12, faults: { restoredBackup: 5, outage: 4 } },
  },
  {
    // The replay redeemed only a use that was still claimed; the fill was authorised before the undo.
    claim: 'a use given back a moment before its gas flowed is redeemed in a node put back, too',
    world: { seed: 38, vehicles: 12, faults: { restoredBackup: 5, outage: 4 } },
  },
  {
    // The cloud's epoch held no op that named the one before it, where the lost sale lay.
    claim: 'a node put back again before it sent a word of its new epoch fetches its sales',
    world: { seed: 20_261_850, stations: 5, days: 3, vehicles: 10 },
  },
  {
    // A statement the full disk ended by itself was answered with SQLite's error, not the disk's.
    claim:
      'a position that recovers on a full disk takes it for one, whichever way it ends a write',
    world: { seed: 20_270_813, stations: 5, days: 3, vehicles: 10 },
  },
  {
    // The cable of a copy that the cloud had never heard of was put in, and the newest speaker won.
    claim: 'a copied node that never reached the cloud stays off the line',
    world: { seed: 13, faults: { replacedNode: 3, outage: 4, stationCrash: 3 } },
  },
]

describe('a seed that once failed', () => {
  for (const { claim, world } of named) {
    it(`${world.seed}: ${claim}`, async () => {
      const { violations } = await runWorld({ ...smallWorld, ...world })
      expect(violations).toEqual([])
    })
  }
})
