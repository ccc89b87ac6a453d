import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningStation } from './running-station.ts'

/** The people at the station; they know nothing of the node. */
export type Drivers = {
  /** Somebody sells by hand at this position, as after a failure of the node. */
  manualSale(position: number | null): Promise<void>
  stop(): Promise<void>
}

const lookEveryMs = 60

/** A vehicle stands at each authorised nozzle and wants a random mass; the autopilot does the rest. */
export function drivers(
  station: RunningStation,
  { prng }: { readonly prng: Prng; readonly positions: number },
): Drivers {
  let going = true
  const served = (async () => {
    while (going) {
      for (const { position, state } of await station.world()) {
        if (state !== 'authorised') continue
        await station.act(position, {
          act: 'vehicle-arrives',
          wantsGrams: wholeBetween(prng, 200, 6_000),
        })
      }
      await sleep(lookEveryMs)
    }
  })()

  async function sellByHand(position: number): Promise<void> {
    const at = (await station.world()).find((place) => place.position === position)
    if (at?.state !== 'idle') return
    const wantsGrams = wholeBetween(prng, 200, 2_000)
    await station.act(position, { act: 'manual-mode', on: true })
    await station.act(position, { act: 'vehicle-arrives', wantsGrams })
    await station.act(position, { act: 'lift-nozzle' })
    await sleep(400)
    await station.act(position, { act: 'hang-up' })
    await station.act(position, { act: 'vehicle-leaves' })
    await station.act(position, { act: 'manual-mode', on: false })
  }

  return {
    manualSale: (position) => (position === null ? Promise.resolve() : sellByHand(position)),
    async stop() {
      going = false
      await served
    },
  }
}
