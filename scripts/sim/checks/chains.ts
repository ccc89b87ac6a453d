import { streams } from '@baari/shared/contracts/sync/session'
import type { SimCloud } from '../world/sim-cloud.ts'
import type { Station } from '../world/station.ts'
import type { WorldParts } from '../world/world-parts.ts'

type HeadRow = { readonly stream: string; readonly seq: number; readonly chain: string }

/** Where a station and the cloud stand in each stream of the epoch in force. */
export function chainsDiffer(cloud: SimCloud, station: Station): string | undefined {
  const { epoch, heads } = station.look((db) => {
    const current = db.prepare<[], string>('SELECT epoch FROM sync_meta').pluck().get() ?? ''
    const rows = db
      .prepare<[string], HeadRow>(
        `SELECT stream, next_seq - 1 AS seq, lower(hex(chain)) AS chain FROM outbox_head
         WHERE epoch = ?`,
      )
      .all(current)
    return { epoch: current, heads: rows }
  })
  const { station: rows, head } = cloud.stores.db.tables
  const current = rows.get(String(station.no))?.currentEpoch
  if (current !== epoch) return `epoch ${epoch}, cloud ${current}`
  for (const stream of streams) {
    const own = heads.find((row) => row.stream === stream)
    const told = head.get(`${station.no}/${epoch}/${stream}`)
    if (own?.seq !== told?.seq || own?.chain !== told?.chain) {
      return `${stream} at ${own?.seq}, cloud at ${told?.seq}`
    }
  }
  return undefined
}

/** After quiet both sides hold the same ops, and the cloud has refused none that is physical. */
export function checkChains(world: WorldParts, cloud: SimCloud, station: Station): void {
  const differ = chainsDiffer(cloud, station)
  if (differ !== undefined) world.violation('chains are equal', `${station.name}: ${differ}`)
}
