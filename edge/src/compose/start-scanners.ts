import { createSerialQr } from '@baari/hardware/drivers/serial-qr/serial-qr'
import { serialQrConfigSchema } from '@baari/hardware/drivers/serial-qr/manifest'
import type { Scanner } from '@baari/hardware/ports/scanner'
import { signalOf, type Verdict } from '@baari/shared/domain/check-in/verdict'
import { acceptScan, type AcceptScanParts } from '../app/scan/accept-scan.ts'
import type { ServiceBook } from '../app/service/service-book.ts'
import type { ScannerPlan } from '../ports/station-plan.ts'
import { openLine, type LineParts } from './open-line.ts'
import { served } from './served.ts'

export type StartScanners = LineParts & {
  readonly plans: readonly ScannerPlan[]
  readonly scans: AcceptScanParts
  readonly service: ServiceBook
}

/** Scanners of the lanes: bytes to scan to verdict to lamp, without waiting for anything else. */
export async function startScanners(parts: StartScanners): Promise<{ stop(): Promise<void> }> {
  const scanners = await Promise.all(parts.plans.map((plan) => scannerOf(plan, parts)))
  for (const scanner of scanners) {
    parts.service.device(served('scanner', scanner))
    scanner.onFault(() => parts.service.look())
    scanner.onScan((scan) => {
      void acceptScan(parts.scans, {
        lane: scan.lane,
        source: 'scanner',
        text: scan.text,
        managerUnlocked: false,
      }).then((answer) => scanner.signal(lampOf(answer.ok ? answer.value.verdict : 'ERROR')))
    })
    await scanner.start()
  }
  return {
    async stop() {
      for (const scanner of scanners) await scanner.dispose('the node stops')
    },
  }
}

async function scannerOf(plan: ScannerPlan, parts: StartScanners): Promise<Scanner> {
  const { id, lane, link, suffix, dedupeMs, record } = plan
  const { clock, log } = parts
  const baud = link.kind === 'serial' ? link.baud : 9600
  const settings = { baud, parity: 'none', stopBits: 1 } as const
  const pipe = await openLine({ id, link, settings, record, answers: false }, parts)
  const config = serialQrConfigSchema.parse({ id, lane, suffix, dedupeMs })
  return createSerialQr(config, { clock, log, pipe })
}

/** The lamp has three lights: go, stop, and wait for a person's next step. */
function lampOf(verdict: Verdict): Parameters<Scanner['signal']>[0] {
  const lamps = { go: 'green', wait: 'busy', stop: 'red' } as const
  return lamps[signalOf(verdict)]
}
