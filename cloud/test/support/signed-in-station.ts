import { afterEach, beforeEach, expect } from 'vitest'
import { startSyncWorld, type SyncWorld } from './sync-world.ts'
import { TestStation } from './test-station.ts'

export type SignedIn = { readonly world: SyncWorld; readonly station: TestStation }

/** For each test of the file a cloud of its own, and its one station with an open session. */
export function signedInStation(): SignedIn {
  let world: SyncWorld
  let station: TestStation
  beforeEach(async () => {
    world = await startSyncWorld()
    station = new TestStation(world.url, world.stationKey)
    expect((await station.signIn()).status).toBe(200)
  })
  afterEach(async () => {
    await world.stop()
  })
  return {
    get world() {
      return world
    },
    get station() {
      return station
    },
  }
}

/** A UUIDv7 that a test can tell from others by its number. */
export const uuidOfNumber = (n: number): string =>
  `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
