import { join } from 'node:path'
import { signInDriver, signInOperator, type OperatorCaller } from '../../clients/cloud-caller.ts'
import { forecourtCaller, type ForecourtCaller } from '../../clients/forecourt-caller.ts'
import { openLiveFeed, type LiveFeed } from '../../clients/live-feed.ts'
import { signInAtNode, type NodeCaller } from '../../clients/node-caller.ts'
import { tokenPress, type TokenPress } from '../../clients/token-press.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import { stationSecret } from '../../dev/world/enrol-station.ts'
import { demoStation } from '../../dev/world/seed.ts'
import { present } from '@baari/shared/faults/assert'
import type { SceneContext } from '../scene.ts'
import type { SceneWorld } from '../scene-world.ts'
import { knownRows } from '../../clients/known-rows.ts'
import { seedAroundNow, seededCount, type SeededBookings } from './seeded-bookings.ts'
import { sellBookings, type SoldBookings } from './sold-bookings.ts'

/** Everything the day needs, made while the cloud could be reached. */
export type OpenStation = {
  readonly node: NodeCaller
  readonly feed: LiveFeed
  readonly forecourt: ForecourtCaller
  readonly press: TokenPress
  readonly sold: SoldBookings
  readonly seeded: SeededBookings
  readonly kStation: Uint8Array
  /** Signs in at head office; only while the cloud runs. */
  readonly operator: () => Promise<OperatorCaller>
}

const syncPatienceMs = 30_000

export async function openForBusiness(
  { world, cloudUrl, kioskUrl, sandboxUrl, controlUrl }: SceneWorld,
  context: Pick<SceneContext, 'folder' | 'atEnd'>,
): Promise<OpenStation> {
  const { secrets, databaseUrl } = world
  const folder = join(context.folder, 'world')
  const press = await tokenPress(join(folder, 'cloud'))
  const one = await signInDriver({ cloudUrl, sandboxUrl }, '+919876543210')
  const other = await signInDriver({ cloudUrl, sandboxUrl }, '+919876543211')
  const sold = await sellBookings([one, other], demoStation.no)
  const seeded = await seedAroundNow(databaseUrl, press)
  await followed(folder, sold.goShows.length + 1 + seededCount)
  const attendant = present(secrets.attendants[0], 'an attendant')
  const node = await signInAtNode(kioskUrl, attendant)
  await node.openShift()
  const feed = await openLiveFeed(kioskUrl, node.cookie())
  context.atEnd(() => Promise.resolve(feed.close()))
  await waitUntil({ what: 'the first go-show minute', withinMs: syncPatienceMs }, () =>
    Date.now() >= sold.goShowsFromMs ? true : undefined,
  )
  return {
    node,
    feed,
    forecourt: forecourtCaller(controlUrl),
    press,
    sold,
    seeded,
    kStation: stationSecret(join(folder, 'edge')),
    operator: () => signInOperator(cloudUrl, secrets.operator),
  }
}

/** Waits until the node has followed all bookings, a key set and its attendants. */
async function followed(folder: string, bookings: number): Promise<void> {
  const ledger = join(folder, 'edge', 'ledger.db')
  const what = `${bookings} bookings, keys and attendants at the node`
  await waitUntil({ what, withinMs: syncPatienceMs, everyMs: 100 }, () => {
    const known = knownRows(ledger)
    const all = known.bookings >= bookings && known.keySets > 0 && known.attendants > 0
    return all ? true : undefined
  })
}
