import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Millis } from '@baari/shared/units/time'
import {
  createModbusSlaveDecoder,
  encodeReply,
  functionOf,
} from '../protocols/modbus/frame-codec.ts'
import type { ModbusReply, ModbusRequest } from '../protocols/modbus/frames.ts'

/** MODBUS Application Protocol V1.1b3, section 7. */
export type ModbusException = { readonly exception: number }

/** The registers of one device. A reading or writing function it does not know is exception 2. */
export type RegisterBank = {
  read(start: number, count: number): readonly number[] | ModbusException
  write(start: number, words: readonly number[]): ModbusException | null
}

/** What is wrong with a device's line; all may be changed at any time. */
export type SlaveTrouble = {
  silent: boolean
  /** Delay before the reply to the n-th request, counted from 1. */
  delayMs: (nth: number) => Millis
  /** Changes the bytes of the n-th reply, as a bad line would; null sends nothing. */
  distort: (bytes: Uint8Array, nth: number) => Uint8Array | null
  /** Answers every request with this exception. */
  exception: number | null
}

export type SlaveDevice = {
  readonly address: number
  readonly bank: RegisterBank
  readonly trouble: SlaveTrouble
}

/** The end of a line as a slave sees it. */
export type SlavePort = {
  write(bytes: Uint8Array): boolean
  onBytes(call: (bytes: Uint8Array) => void): () => void
}

/** A device on a healthy line that answers after `delayMs`. */
export function slaveDevice(
  address: number,
  bank: RegisterBank,
  delayMs: Millis = millis(0),
): SlaveDevice {
  return {
    address,
    bank,
    trouble: {
      silent: false,
      delayMs: () => delayMs,
      distort: (bytes) => bytes,
      exception: null,
    },
  }
}

/**
 * Serves the devices of one half-duplex line with the bytes real ones would send. Each device
 * answers in the order it was asked, as the standard demands. Returns the way to unplug them.
 */
export function serveSlaves(
  port: SlavePort,
  devices: readonly SlaveDevice[],
  clock: Clock,
): () => void {
  const decoder = createModbusSlaveDecoder()
  const answered = new Map<SlaveDevice, { count: number; freeAt: number }>()
  let plugged = true
  const unsubscribe = port.onBytes((bytes) => {
    // A serial device drops a torn request after the silence; a socket has no silence to go by.
    for (const item of decoder.feed(bytes)) {
      if (item.kind !== 'frame') continue
      for (const device of devices) {
        if (device.address === item.frame.address) answer(device, item.frame)
      }
    }
  })

  function answer(device: SlaveDevice, request: ModbusRequest): void {
    const { trouble } = device
    const state = answered.get(device) ?? { count: 0, freeAt: 0 }
    state.count += 1
    answered.set(device, state)
    if (trouble.silent) return
    const reply = replyTo(device, request)
    const bytes = trouble.distort(encodeReply(reply), state.count)
    const sendAt = Math.max(state.freeAt, clock.mono() + trouble.delayMs(state.count))
    state.freeAt = sendAt
    if (bytes === null) return
    clock.after('slave-reply', millis(sendAt - clock.mono()), () => {
      if (plugged) port.write(bytes)
    })
  }

  return () => {
    plugged = false
    unsubscribe()
  }
}

function replyTo({ address, bank, trouble }: SlaveDevice, request: ModbusRequest): ModbusReply {
  const fn = functionOf(request)
  if (trouble.exception !== null) {
    return { kind: 'exception', address, fn, code: trouble.exception }
  }
  if (request.kind === 'read') {
    const words = bank.read(request.start, request.count)
    return 'exception' in words
      ? { kind: 'exception', address, fn, code: words.exception }
      : { kind: 'registers', address, fn: request.fn, words }
  }
  const words = request.kind === 'write' ? request.words : [request.word]
  const refused = bank.write(request.start, words)
  if (refused !== null) return { kind: 'exception', address, fn, code: refused.exception }
  return request.kind === 'write'
    ? { kind: 'wrote', address, start: request.start, count: words.length }
    : { kind: 'wrote-one', address, start: request.start, word: request.word }
}
