import { createConnection, type Socket } from 'node:net'
import type { Clock } from '@baari/shared/runtime/clock'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Fault } from '@baari/shared/faults/no'
import { millis, type Millis } from '@baari/shared/units/time'
import type { BytePipe } from '../ports/byte-pipe.ts'
import { fault } from './line-faults.ts'
import { createReconnectingPipe, type LineEvents, type OpenLine } from './reconnecting-pipe.ts'

export type TcpPipeOptions = {
  readonly name: string
  readonly clock: Clock
  readonly host: string
  readonly port: number
  readonly silentReplyMs?: Millis | null
}

const connectTimeoutMs = millis(2_000)
const keepAliveMs = 5_000

/**
 * One socket to a serial device server is one line. A broken socket drops what was on its way; the
 * bus ends its exchange.
 */
export function createTcpPipe(options: TcpPipeOptions): BytePipe {
  const { name, clock, silentReplyMs } = options
  return createReconnectingPipe({
    name,
    clock,
    open: (events) => openSocket(options, events),
    ...(silentReplyMs === undefined ? {} : { silentReplyMs }),
  })
}

function openSocket(options: TcpPipeOptions, events: LineEvents): Promise<Result<OpenLine, Fault>> {
  const { name, host, port, clock } = options
  return new Promise((resolve) => {
    const socket = createConnection({
      host,
      port,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    })
    socket.setNoDelay(true)
    const failed = (why: string): void => {
      socket.destroy()
      resolve(err(fault('port_unavailable', name, `${host}:${port}: ${why}`)))
    }
    const cancel = clock.after('tcp-connect', connectTimeoutMs, () => failed('no answer'))
    socket.once('error', (error) => {
      cancel()
      failed(error.message)
    })
    socket.once('connect', () => {
      cancel()
      socket.removeAllListeners('error')
      resolve(ok(lineOf(socket, events)))
    })
  })
}

function lineOf(socket: Socket, events: LineEvents): OpenLine {
  socket.on('data', (bytes) => events.onBytes(bytes))
  socket.on('error', (error) => events.onGone(error.message))
  socket.on('close', () => events.onGone('the far end closed the connection'))
  return {
    write: (bytes) => void socket.write(bytes),
    unsentBytes: () => socket.writableLength,
    present: () => Promise.resolve(!socket.destroyed),
    close: () => {
      socket.destroy()
      return Promise.resolve()
    },
  }
}
