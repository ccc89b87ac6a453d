import { join } from 'node:path'
import type { Clock } from '@baari/shared/runtime/clock'
import { startTelemetryThread } from '../adapters/telemetry/telemetry-thread.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartTelemetry = {
  readonly dataFolder: string
  readonly mostBytes: number
  readonly ledger: NodeLedger
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** The telemetry thread, its figures, and the rule that a drop is told of before it is done. */
export function startTelemetry({
  dataFolder,
  mostBytes,
  ledger,
  clock,
  log,
  metrics,
}: StartTelemetry): {
  readonly telemetry: Telemetry
  stop(): Promise<void>
} {
  const thread = startTelemetryThread({ path: join(dataFolder, 'telemetry.db'), mostBytes }, clock)
  let dropping = false
  thread.onFull((oldest) => {
    if (dropping) return
    dropping = true
    ledger
      .run('telemetry.gap', oldest)
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
      const outcome = await thread.store(records)
      metrics.readingsStored(outcome.stored, clock.mono() - asked)
      for (const { device, boot, from, to } of outcome.gaps)
        log({ level: 'warn', event: 'messages missing', fields: { device, boot, from, to } })
      return outcome
    },
  }
  return { telemetry, stop: () => thread.close() }
}
