import { instant } from '@baari/shared/units/time'
import type { ServiceBook } from '../app/service/service-book.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { PartHealth } from '../ports/readiness.ts'
import type { StationClock } from '../ports/station-clock.ts'
import type { NodeLedger } from './start-ledger.ts'

const noLink = { up: false, lastExchangeMs: null } as const

/**
 * What must work for the station to serve vehicles. An uncertain clock does, and so do the other
 * devices beside one that failed: that is only told.
 */
export async function nodeReadiness(parts: {
  readonly ledger: NodeLedger
  readonly time: StationClock
  readonly reserveFree: () => boolean
  readonly forecast: () => PartHealth
  readonly service: Pick<ServiceBook, 'openFaults'>
}): Promise<readonly PartHealth[]> {
  const { trusted } = parts.time.now()
  const reserve = parts.reserveFree()
  return [
    await ledgerHealth(parts.ledger),
    {
      part: 'disk',
      ok: reserve,
      detail: reserve ? 'the ledger`s reserve is free' : 'less than 256 MB are free',
    },
    { part: 'clock', ok: true, detail: trusted ? 'trusted' : 'uncertain: nobody counts as late' },
    parts.forecast(),
    { part: 'devices', ok: true, detail: faultsIn(parts.service) },
  ]
}

/** A station goes on with the dispensers it has. */
function faultsIn(service: Pick<ServiceBook, 'openFaults'>): string {
  const faults = service.openFaults()
  if (faults.length === 0) return 'no fault is open'
  const named = faults.slice(0, 5).map(({ subject, code }) => `${subject} ${code}`)
  return `${faults.length} open: ${named.join(', ')}`
}

async function ledgerHealth(ledger: NodeLedger): Promise<PartHealth> {
  try {
    await ledger.run('attendant.list', {})
    return { part: 'ledger', ok: true, detail: 'answers' }
  } catch (error) {
    return { part: 'ledger', ok: false, detail: String(error) }
  }
}

/** Outbox depth and age, as of the last commit that changed something. */
export function countOutbox(metrics: Metrics, ledger: NodeLedger): void {
  let unsentOps = 0
  let oldestUnsent = instant(0)
  let reading = false
  const look = (): void => {
    if (reading) return
    reading = true
    ledger
      .run('sync.status', { link: noLink })
      .then((status) => {
        unsentOps = status.unsentOps
        oldestUnsent = status.oldestUnsentMs ?? instant(0)
      })
      .catch(() => undefined)
      .finally(() => (reading = false))
  }
  metrics.gauge({
    name: 'baari_outbox_unsent_ops',
    help: 'Ops that head office has not acknowledged.',
    read: () => {
      look()
      return { now: unsentOps }
    },
  })
  metrics.gauge({
    name: 'baari_outbox_oldest_unsent_ms',
    help: 'Wall time of the oldest unacknowledged op; 0 when there is none.',
    read: () => ({ now: oldestUnsent }),
  })
}
