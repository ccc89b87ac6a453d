import { createSerialQr } from '@baari/hardware/drivers/serial-qr/serial-qr'
import { serialQrConfigSchema } from '@baari/hardware/drivers/serial-qr/manifest'
import type { Scanner } from '@baari/hardware/ports/scanner'
import { createSerialPipe } from '@baari/hardware/transports/serial-pipe'
import { createTcpPipe } from '@baari/hardware/transports/tcp-pipe'
import { signalOf, type Verdict } from '@baari/shared/domain/check-in/verdict'
import type { Clock } from '@baari/shared/runtime/clock'
import { acceptScan, type AcceptScanParts } from '../app/scan/accept-scan.ts'
import type { Log } from '../ports/log.ts'
import type { ScannerPlan } from '../ports/station-plan.ts'
import { serialMatch } from './open-pipe.ts'

export type StartScanners = {
  readonly plans: readonly ScannerPlan[]
  readonly scans: AcceptScanParts
  readonly clock: Clock
  readonly log: Log
}

/** Scanners of the lanes: bytes to scan to verdict to lamp, without waiting for anything else. */
export async function startScanners(parts: StartScanners): Promise<{ stop(): Promise<void> }> {
  const scanners = parts.plans.map((plan) => scannerOf(plan, parts))
  for (const scanner of scanners) {
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

function scannerOf(plan: ScannerPlan, { clock, log }: StartScanners): Scanner {
  const { id, lane, link, suffix, dedupeMs } = plan
  const pipe =
    link.kind === 'tcp'
      ? createTcpPipe({ name: id, clock, host: link.host, port: link.port, silentReplyMs: null })
      : createSerialPipe({
          name: id,
          clock,
          match: serialMatch(link.match),
          baud: link.baud,
          dataBits: 8,
          parity: 'none',
          stopBits: 1,
          silentReplyMs: null,
        })
  const config = serialQrConfigSchema.parse({ id, lane, suffix, dedupeMs })
  return createSerialQr(config, { clock, log, pipe })
}

/** The lamp has three lights: go, stop, and wait for a person's next step. */
function lampOf(verdict: Verdict): Parameters<Scanner['signal']>[0] {
  const lamps = { go: 'green', wait: 'busy', stop: 'red' } as const
  return lamps[signalOf(verdict)]
}
