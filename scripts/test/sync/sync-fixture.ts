import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSyncWorld, type SyncWorld } from '../../../cloud/test/support/sync-world.ts'
import { startEdgeNode, type EdgeNode, type EdgeNodeOptions } from './edge-node.ts'

/** One cloud, one folder, and the nodes a test starts on it. */
export async function openFixture() {
  const world: SyncWorld = await startSyncWorld()
  const folder = mkdtempSync(join(tmpdir(), 'baari-sync-'))
  const nodes = new Set<EdgeNode>()
  return {
    world,
    file: (name = 'ledger.db') => join(folder, name),
    async start(more: Partial<EdgeNodeOptions> = {}): Promise<EdgeNode> {
      const file = join(folder, 'ledger.db')
      const node = await startEdgeNode({
        file,
        cloudUrl: world.url,
        key: world.stationKey,
        ...more,
      })
      nodes.add(node)
      return node
    },
    /** The disk is lost: the next node starts with an empty ledger. */
    loseLedger() {
      for (const tail of ['', '-wal', '-shm']) {
        rmSync(join(folder, `ledger.db${tail}`), { force: true })
      }
    },
    async stop(node: EdgeNode) {
      nodes.delete(node)
      await node.stop()
    },
    async close() {
      for (const node of nodes) await node.stop()
      await world.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

export type Fixture = Awaited<ReturnType<typeof openFixture>>

type Head = { readonly epoch: string; readonly seq: number; readonly chain: string }

/** The ledger stream's end as the cloud has it in its current epoch. */
export async function cloudHead({ pool }: Pick<SyncWorld, 'pool'>): Promise<Head | undefined> {
  const { rows } = await pool.query<{ epoch: string; seq: string; chain: string }>(
    `SELECT h.epoch, h.seq, h.chain FROM station_head h JOIN station s ON s.no = h.station_no
     WHERE s.no = 42 AND h.epoch = s.current_epoch AND h.stream = 'ledger'`,
  )
  const row = rows[0]
  return row && { ...row, seq: Number(row.seq) }
}

/** The same as the node has it. */
export async function nodeHead(node: EdgeNode): Promise<Head> {
  const { epoch } = await node.ledger.run('epoch.read', null)
  const { seq, chain } = await node.ledger.run('epoch.tail', { epoch, stream: 'ledger' })
  return { epoch, seq, chain }
}

/** True when both sides hold the same ops: equal chain values over equal numbers. */
export async function chainsEqual(world: Pick<SyncWorld, 'pool'>, node: EdgeNode) {
  const [ours, theirs] = [await nodeHead(node), await cloudHead(world)]
  return theirs !== undefined && JSON.stringify(ours) === JSON.stringify(theirs)
}

export async function countOf({ pool }: Pick<SyncWorld, 'pool'>, table: string): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)
  return Number(rows[0]?.n)
}
