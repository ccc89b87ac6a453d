import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSyncWorld, type SyncWorld } from '../../../cloud/test/support/sync-world.ts'
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

describe('uplink of a real node', () => {
  it('a 5,000-op backlog drains and both chains are equal', async () => {
    node = await startEdgeNode({
      file: join(folder, 'ledger.db'),
      cloudUrl: world.url,
      key: world.stationKey,
    })
    for (let n = 0; n < 50; n += 1) {
      await node.ledger.run(
        'test.append',
        Array.from({ length: 100 }, (_, i) => ({
          kind: 'vehicle.recorded' as const,
          entity: { type: 'station' as const, uuid: '' },
          body: {
            plate: `MH12AB${n * 100 + i}`,
            retestDay: 1,
            by: '00000000-0000-7000-8000-0000000000a0',
          } as never,
        })),
      )
    }
    const t = performance.now()
    await eventually('drained', async () => {
      const { rows } = await world.pool.query(
        "SELECT seq FROM station_head WHERE stream = 'ledger'",
      )
      return rows[0]?.seq === '5001'
    })
    console.log(
      'drain',
      performance.now() - t,
      node.sync.status(),
      node.alarms,
      node.faults,
      world.faults,
    )
    expect(1).toBe(1)
  })
})
