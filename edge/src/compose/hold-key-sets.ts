import { join } from 'node:path'
import type { KeySet } from '@baari/shared/domain/keys/key-set'
import { readHeldKeySet, writeHeldKeySet } from '../adapters/system/key-set-file.ts'
import type { StationKeys } from '../adapters/system/station-keys.ts'
import { followKeySets, type KeySetCheck } from '../app/keys/follow-key-sets.ts'
import type { Log } from '../ports/log.ts'
import type { NodeLedger } from './start-ledger.ts'

export type HoldKeySets = {
  readonly ledger: NodeLedger
  readonly dataFolder: string
  readonly keys: StationKeys
  readonly verify: KeySetCheck['verify']
  readonly log: Log
}

/** Keeps the newest key set that verifies; looks again whenever the shape brought rows. */
export async function holdKeySets({ ledger, dataFolder, keys, verify, log }: HoldKeySets): Promise<{
  readonly held: () => KeySet | undefined
  stop(): void
}> {
  const file = join(dataFolder, 'key-set.json')
  let held = readHeldKeySet(file)
  let running: Promise<void> | undefined
  const warned = new Set<number>()

  async function look(): Promise<void> {
    const rows = await ledger.run('keys.read', { above: held?.version ?? 0 })
    const followed = followKeySets(held, rows, { anchors: keys.anchors, verify })
    for (const { version, reason } of followed.refused) {
      if (warned.has(version)) continue
      warned.add(version)
      log({ level: 'error', event: 'key set refused', fields: { version, reason } })
    }
    if (!followed.held || followed.held === held) return
    held = followed.held
    writeHeldKeySet(file, held)
    log({ level: 'info', event: 'key set held', fields: { version: held.version } })
  }

  const again = (): void => {
    running ??= look()
      .catch((error: unknown) =>
        log({ level: 'error', event: 'key sets not read', fields: { reason: String(error) } }),
      )
      .finally(() => (running = undefined))
  }
  const unsubscribe = ledger.onCommit((names) => {
    if (names.includes('follow.apply')) again()
  })
  await look()
  return { held: () => held, stop: unsubscribe }
}
