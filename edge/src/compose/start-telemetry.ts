import { join } from 'node:path'
import type { StationNo } from '@baari/shared/units/names'
import type { Clock } from '@baari/shared/runtime/clock'
import { before, hours, type Instant } from '@baari/shared/units/time'
import { startTelemetryThread } from '../adapters/telemetry/telemetry-thread.ts'
import { repeatTask } from '../app/repeat-task.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { DropProposal, Telemetry } from '../ports/telemetry.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartTelemetry = {
  readonly dataFolder: string
  readonly station: StationNo
  readonly mostBytes: number
  readonly ledger: NodeLedger
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** False: the disk is full but for the ledger's reserve. */
  readonly reserveFree: () => boolean
  /** Station time. */
  readonly now: () => Instant
}

/** What the cloud has is kept this long for a cloud that lost it (sync.md 4.2). */
const keptDays = 35

/** The telemetry thread, its figures, and the rule that a drop is told of before it is done. */
export function startTelemetry({
  dataFolder,
  station,
  mostBytes,
  ledger,
  clock,
  log,
  metrics,
  reserveFree,
  now,
}: StartTelemetry): {
  readonly telemetry: Telemetry
  stop(): Promise<void>
} {
  const thread = startTelemetryThread(
    { path: join(dataFolder, 'telemetry.db'), mostBytes, station },
    clock,
  )
  let dropping = false
  /** A drop that failed is tried again; the gap is told once. */
  let lastTold = ''
  const tellGap = async (oldest: DropProposal): Promise<void> => {
    const place = `${oldest.from}-${oldest.to}`
    if (!oldest.unsent || place === lastTold) return
    await ledger.run('telemetry.gap', oldest)
    lastTold = place
  }
  thread.onFull((oldest) => {
    if (dropping) return
    dropping = true
    tellGap(oldest)
      .then(() => thread.drop(oldest))
      .catch((error: unknown) =>
        log({ level: 'error', event: 'readings not dropped', fields: { reason: String(error) } }),
      )
      .finally(() => (dropping = false))
  })
  const telemetry: Telemetry = {
    ...thread,
    async store(records) {
      const asked = clock.mono()
      const outcome = await thread.store(records, { pressed: !reserveFree() })
      metrics.readingsStored(outcome.stored, clock.mono() - asked)
      for (const { device, boot, from, to } of outcome.gaps)
        log({ level: 'warn', event: 'messages missing', fields: { device, boot, from, to } })
      return outcome
    },
  }
  const kept = repeatTask(
    { clock, log },
    {
      name: 'readings forgotten',
      every: hours(1),
      run: () => thread.forget(before(now(), hours(keptDays * 24))),
    },
  )
  return {
    telemetry,
    async stop() {
      kept.stop()
      await thread.close()
    },
  }
}
