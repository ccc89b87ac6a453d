import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  addBooking,
  startSyncWorld,
  type SyncWorld,
} from '../../../cloud/test/support/sync-world.ts'
import { startEdgeNode, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'

let world: SyncWorld
let folder: string
let node: EdgeNode | undefined

beforeEach(async () => {
  world = await startSyncWorld()
  folder = mkdtempSync(join(tmpdir(), 'baari-sync-'))
})
afterEach(async () => {
  await node?.stop()
  node = undefined
  await world.stop()
  rmSync(folder, { recursive: true, force: true })
})

const id = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

async function start(): Promise<EdgeNode> {
  node = await startEdgeNode({
    file: join(folder, 'ledger.db'),
    cloudUrl: world.url,
    key: world.stationKey,
  })
  return node
}

describe('shape follower', () => {
  it('Y1 first snapshot on an empty node', async () => {
    for (let n = 1; n <= 20; n += 1) await addBooking(world.pool, { id: id(n) })
    const edge = await start()
    await eventually(
      '20 bookings',
      async () => (await edge.ledger.run('test.count', 'booking')) === 20,
    )
    await addBooking(world.pool, { id: id(21) })
    const t = performance.now()
    await eventually('21', async () => (await edge.ledger.run('test.count', 'booking')) === 21)
    console.log(performance.now() - t, edge.sync.status(), edge.faults, world.faults, edge.alarms)
    expect(1).toBe(1)
  })
})
