import { stat } from 'node:fs/promises'
import { SerialPort } from 'serialport'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, type Millis } from '@baari/shared/units/time'
import type { BytePipe } from '../ports/byte-pipe.ts'
import { fault } from './line-faults.ts'
import { createReconnectingPipe, type LineEvents, type OpenLine } from './reconnecting-pipe.ts'
import { findSerialPath, type SerialMatch } from './serial-binding.ts'

export type SerialPipeOptions = {
  readonly name: string
  readonly clock: Clock
  readonly match: SerialMatch
  readonly baud: number
  readonly dataBits: 7 | 8
  readonly parity: 'none' | 'even' | 'odd'
  readonly stopBits: 1 | 2
  readonly silentReplyMs?: Millis | null
  /** Where the system keeps the links by identity; Linux's own folder when absent. */
  readonly linkFolder?: string
}

const presenceMs = millis(1_000)
const closeTimeoutMs = millis(1_000)

/** A serial port, found by identity and opened for ever, with a watch on its device file (S09 to S11). */
export function createSerialPipe(options: SerialPipeOptions): BytePipe {
  const { name, clock, silentReplyMs } = options
  return createReconnectingPipe({
    name,
    clock,
    presenceMs,
    open: (events) => openPort(options, events),
    ...(silentReplyMs === undefined ? {} : { silentReplyMs }),
  })
}

async function openPort(
  options: SerialPipeOptions,
  events: LineEvents,
): Promise<Result<OpenLine, Fault>> {
  const found = await findSerialPath(options.name, options.match, options.linkFolder)
  if (!found.ok) return found
  const path = found.value
  const port = new SerialPort({
    path,
    baudRate: options.baud,
    dataBits: options.dataBits,
    parity: options.parity,
    stopBits: options.stopBits,
    autoOpen: false,
    lock: true,
  })
  const problem = await new Promise<Error | null>((resolve) => port.open(resolve))
  if (problem !== null) {
    return err(fault('port_unavailable', options.name, openHint(path, problem.message)))
  }
  return ok(lineOf(port, { events, clock: options.clock, fileId: await fileIdOf(path), path }))
}

/** What the technician can do about it (S11). */
export function openHint(path: string, message: string): string {
  if (/permission denied|EACCES/i.test(message)) {
    return `${path}: no permission; put the service's user into the group dialout`
  }
  if (/lock|busy|EBUSY|temporarily unavailable/i.test(message)) {
    return `${path}: in use by another program`
  }
  if (/no such file|ENOENT/i.test(message)) return `${path}: not plugged in`
  return `${path}: ${message}`
}

function lineOf(
  port: SerialPort,
  from: {
    readonly events: LineEvents
    readonly clock: Clock
    readonly fileId: string | null
    readonly path: string
  },
): OpenLine {
  const { events, clock, fileId, path } = from
  port.on('data', (bytes: Uint8Array) => events.onBytes(bytes))
  port.on('error', (error) => events.onGone(error.message))
  port.on('close', () => events.onGone('the adapter closed'))
  return {
    write: (bytes) => void port.write(bytes),
    unsentBytes: () => port.writableLength,
    present: async () => (await fileIdOf(path)) === fileId,
    close: () => closed(port, clock),
  }
}

/** Which device file this is; another one under the same name means that the adapter was replaced. */
async function fileIdOf(path: string): Promise<string | null> {
  const file = await stat(path).catch(() => null)
  return file === null ? null : `${file.dev}:${file.ino}:${file.rdev}`
}

/** Closing a vanished adapter may never call back. */
function closed(port: SerialPort, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after('serial-close', closeTimeoutMs, resolve)
    const done = (): void => {
      cancel()
      resolve()
    }
    if (port.isOpen) port.close(done)
    else done()
  })
}
