import type { ScanView } from '@baari/shared/contracts/live/station-view'
import { signalOf } from '@baari/shared/domain/check-in/verdict'
import type { Refusal } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Live } from '../../ports/live.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { RequestKey } from '../../ports/station-desk.ts'
import type { StationClock } from '../../ports/station-clock.ts'
import type { DeskLedger } from '../desk/desk-commands.ts'
import type { Forecourt } from '../desk/forecourt.ts'
import { runOnce } from '../request/run-once.ts'
import type { ScanAnswer } from './answer-scan.ts'
import type { ScanReading } from './scan-reading.ts'
import type { ScanInput } from './scan-input.ts'

export type AcceptScanParts = {
  readonly ledger: DeskLedger
  readonly forecourt: Pick<Forecourt, 'facts' | 'carryOut'>
  readonly live: Pick<Live, 'scanned'>
  /** Parses and verifies; pure but for the key set it was given. */
  readonly read: (text: string) => ScanReading
  readonly linkUp: () => boolean
  readonly clock: StationClock
  readonly ids: IdSource
  readonly metrics: Pick<Metrics, 'scanned'>
  readonly log: Log
}

export type ScanHeard = Pick<ScanInput, 'lane' | 'source' | 'plate' | 'answer'> & {
  readonly text: string
  readonly managerUnlocked: boolean
}

/**
 * The one way of a scan, from a scanner's bytes or from the kiosk: read and verify here, decide in
 * the ledger thread, carry out the calls, tell the screens. A ledger that cannot answer makes the
 * verdict ERROR: attendant help, never a silent admit.
 */
export async function acceptScan(
  parts: AcceptScanParts,
  heard: ScanHeard,
  request?: RequestKey,
): Promise<Result<ScanView, Refusal>> {
  const input: ScanInput = {
    scan: parts.ids.uuid(),
    lane: heard.lane,
    source: heard.source,
    reading: parts.read(heard.text),
    raw: heard.text,
    managerUnlocked: heard.managerUnlocked,
    plate: heard.plate,
    answer: heard.answer,
    linkUp: parts.linkUp(),
    positions: parts.forecourt.facts(),
  }
  const decided = await decide(parts, input, request)
  if (!decided.ok) return decided
  const { view, calls } = decided.value
  parts.forecourt.carryOut(calls)
  parts.metrics.scanned(view.verdict)
  parts.live.scanned(view)
  return ok(view)
}

async function decide(
  { ledger, clock, log }: AcceptScanParts,
  input: ScanInput,
  request: RequestKey | undefined,
): Promise<Result<ScanAnswer, Refusal>> {
  try {
    if (!request) return ok(await ledger.run('scan.decide', input))
    const once = await runOnce(ledger, request, { command: 'scan.decide', input })
    if (!once.ok) return once
    const { answer, repeated } = once.value
    return ok(repeated ? { view: answer.view, calls: [] } : answer)
  } catch (error) {
    log({
      level: 'error',
      event: 'scan not decided',
      fields: { scan: input.scan, lane: input.lane, reason: String(error) },
    })
    return ok({ view: errorView(input, clock), calls: [] })
  }
}

function errorView({ scan, lane, source }: ScanInput, clock: StationClock): ScanView {
  return {
    id: scan,
    atMs: clock.now().at,
    lane,
    source,
    verdict: 'ERROR',
    signal: signalOf('ERROR'),
    facts: {},
    ticket: null,
    position: null,
    reason: null,
    provisional: false,
    undoUntilMs: null,
  }
}
