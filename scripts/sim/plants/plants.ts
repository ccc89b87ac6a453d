import type { MemoryCloud } from '@baari/cloud/adapters/memory/memory-cloud'
import type { RowChange } from '@baari/cloud/adapters/memory/memory-table'
import type { StationStreams } from '@baari/cloud/ports/station-streams'
import { applyShape } from '@baari/edge/app/sync/follow-commands'
import { commands, type Commands } from '@baari/edge/app/commands'
import type { LedgerTx } from '@baari/edge/ports/ledger-tx'
import type { Timeline } from '../world/timeline.ts'

/**
 * Faults put into the system on purpose, to see that the world finds them. Each is an adapter that
 * breaks one promise; nothing of the product knows of them.
 */
export const plants = ['drop-fence', 'ack-before-commit', 'skip-staging-swap'] as const
export type Plant = (typeof plants)[number]

export type PlantedStreams = {
  readonly streams: StationStreams
  /** What the store had answered for and not yet written, when its process died. */
  readonly lostWithCrash: () => void
}

export function plantedStreams(
  stores: MemoryCloud,
  { plant, timeline }: { readonly plant: Plant | null; readonly timeline: Timeline },
): PlantedStreams {
  if (plant === 'ack-before-commit') return lazyCommits(stores, timeline)
  const streams = plant === 'drop-fence' ? unfenced(stores.streams) : stores.streams
  return { streams, lostWithCrash: () => undefined }
}

/** The streams forget which process speaks for the station: every generation is the newest. */
function unfenced(streams: StationStreams): StationStreams {
  return {
    ...streams,
    transact: (key, work) => streams.transact(key, (tx) => work({ ...tx, generation: 0 })),
  }
}

const writeBackMs = 300_000

/** A write-back cache that tells "durable" at once and writes five minutes later. */
function lazyCommits({ streams, db }: MemoryCloud, timeline: Timeline): PlantedStreams {
  let unwritten: { readonly at: number; readonly changes: readonly RowChange[] }[] = []
  db.onCommit((changes) => {
    const fresh = unwritten.filter(({ at }) => timeline.now() - at < writeBackMs)
    unwritten = [...fresh, { at: timeline.now(), changes }]
  })
  return {
    streams,
    lostWithCrash() {
      const fresh = unwritten.filter(({ at }) => timeline.now() - at < writeBackMs)
      for (const { changes } of fresh.toReversed()) db.revert(changes)
      unwritten = []
    },
  }
}

/** The command table of a station's ledger; a refetch without staging empties the table first. */
export function plantedCommands(plant: Plant | null): Commands {
  if (plant !== 'skip-staging-swap') return commands
  return {
    ...commands,
    'follow.apply': (tx, input, context) => applyShape(withoutStaging(tx), input, context),
  }
}

type FollowTx = Pick<LedgerTx, 'sync' | 'outbox' | 'leases'>

function withoutStaging(tx: FollowTx): FollowTx {
  const { follow } = tx.sync
  const live = { ...follow }
  return {
    outbox: tx.outbox,
    leases: tx.leases,
    sync: {
      ...tx.sync,
      follow: {
        ...live,
        beginStaging(name) {
          // An empty staging table swapped in is an empty table.
          follow.beginStaging(name)
          follow.swap(name)
        },
        upsert: ({ name }, rows) => follow.upsert({ name, staging: false }, rows),
        remove: ({ name }, key) => follow.remove({ name, staging: false }, key),
        swap: () => undefined,
      },
    },
  }
}
