import { join } from 'node:path'
import { signInDriver, signInOperator, type OperatorCaller } from '../../clients/cloud-caller.ts'
import { forecourtCaller, type ForecourtCaller } from '../../clients/forecourt-caller.ts'
import { openLiveFeed, type LiveFeed } from '../../clients/live-feed.ts'
import { signInAtNode, type NodeCaller } from '../../clients/node-caller.ts'
import { tokenPress, type TokenPress } from '../../clients/token-press.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import type { FreshWorld } from '../../dev/world/fresh-world.ts'
import { demoStation } from '../../dev/world/seed.ts'
import { present } from '@baari/shared/faults/assert'
import { knownRows } from './known-rows.ts'
import { seedBookings, seededCount, type SeededBookings } from './seeded-bookings.ts'
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

export async function openForBusiness(world: FreshWorld): Promise<OpenStation> {
  const { folder, places, secrets, databaseUrl } = world
  const local = (port: number): string => `http://127.0.0.1:${port}`
  const at = { cloudUrl: local(places.cloud), sandboxUrl: local(places.sandbox) }
  const press = await tokenPress(join(folder, 'cloud'))
  const driver = await signInDriver(at, '+919876543210')
  const sold = await sellBookings(driver, demoStation.no)
  const seeded = await seedBookings(databaseUrl, press)
  const all = sold.goShows.length + 1 + seededCount
  await waitUntil({ what: `${all} bookings at the node`, withinMs: syncPatienceMs }, () => {
    const { bookings, keySets } = knownRows(folder)
    return bookings >= all && keySets > 0 ? true : undefined
  })
  const attendant = present(secrets.attendants[0], 'an attendant')
  const node = await waitUntil({ what: 'sign-in at the node', withinMs: syncPatienceMs }, () =>
    signInAtNode(local(places.edge), attendant),
  )
  await node.openShift()
  const feed = await openLiveFeed(local(places.edge), node.cookie())
  await waitUntil({ what: 'the first go-show minute', withinMs: syncPatienceMs }, () =>
    Date.now() >= sold.goShowsFromMs ? true : undefined,
  )
  return {
    node,
    feed,
    forecourt: forecourtCaller(local(places.stationControl)),
    press,
    sold,
    seeded,
    kStation: Buffer.from(secrets.station.codeSecret, 'base64url'),
    operator: () => signInOperator(at.cloudUrl, secrets.operator),
  }
}
