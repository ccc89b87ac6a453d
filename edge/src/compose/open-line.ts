import { join } from 'node:path'
import type { BytePipe } from '@baari/hardware/ports/byte-pipe'
import { recordedPipe } from '@baari/hardware/transports/recording/recorded-pipe'
import { openRingRecorder } from '@baari/hardware/transports/recording/ring-recorder'
import type { SerialMatch } from '@baari/hardware/transports/serial-binding'
import { createTcpPipe } from '@baari/hardware/transports/tcp-pipe'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Log } from '../ports/log.ts'
import type { LineSettings, PortMatch } from '../ports/station-plan.ts'

export type LineParts = {
  readonly clock: Clock
  readonly log: Log
  readonly dataFolder: string
}

export type LineSpec = {
  readonly id: string
  readonly link:
    | { readonly kind: 'serial'; readonly match: PortMatch }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  readonly settings: LineSettings
  /** Keeps what goes over the line in a ring file. */
  readonly record: boolean
  /** Whether a line that is written to must answer; false for readers, displays and printers. */
  readonly answers: boolean
}

/** One line of the station file as a pipe, recorded when the file says so. */
export async function openLine(spec: LineSpec, parts: LineParts): Promise<BytePipe> {
  const pipe = await plainLine(spec, parts.clock)
  if (!spec.record) return pipe
  const { clock, log, dataFolder } = parts
  try {
    const path = join(dataFolder, 'frames', `${spec.id}.ring`)
    return recordedPipe(pipe, { recorder: await openRingRecorder({ path, clock }), clock })
  } catch (error) {
    // A recording is for the technician; the line matters more.
    const fields = { line: spec.id, reason: String(error) }
    log({ level: 'error', event: 'line not recorded', fields })
    return pipe
  }
}

async function plainLine(
  { id, link, settings, answers }: LineSpec,
  clock: Clock,
): Promise<BytePipe> {
  const silence = answers ? {} : { silentReplyMs: null }
  if (link.kind === 'tcp')
    return createTcpPipe({ name: id, clock, host: link.host, port: link.port, ...silence })
  const { baud, parity, stopBits } = settings
  const match = serialMatch(link.match)
  // Native code that a station whose lines are all on the network never needs.
  const { createSerialPipe } = await import('@baari/hardware/transports/serial-pipe')
  return createSerialPipe({
    name: id,
    clock,
    match,
    baud,
    dataBits: 8,
    parity,
    stopBits,
    ...silence,
  })
}

function serialMatch(match: PortMatch): SerialMatch {
  switch (match.kind) {
    case 'by-id':
      return { by_id: match.pattern }
    case 'path':
      return { path: match.path }
    case 'usb': {
      const { vid, pid, serial } = match
      return {
        vid,
        ...(pid === undefined ? {} : { pid }),
        ...(serial === undefined ? {} : { serial }),
      }
    }
  }
}
