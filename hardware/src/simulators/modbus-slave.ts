import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Millis } from '@baari/shared/units/time'
import {
  createModbusSlaveDecoder,
  encodeReply,
  functionOf,
} from '../protocols/modbus/frame-codec.ts'
import type { ModbusReply, ModbusRequest } from '../protocols/modbus/frames.ts'
import type { LineEnd } from './line-end.ts'
import { noTrouble, type LineTrouble } from './line-trouble.ts'
import { createReplySender } from './reply-sender.ts'

/** MODBUS Application Protocol V1.1b3, section 7. */
export type ModbusException = { readonly exception: number }

/** The registers of one device. A reading or writing function it does not know is exception 2. */
export type RegisterBank = {
  read(start: number, count: number): readonly number[] | ModbusException
  write(start: number, words: readonly number[]): ModbusException | null
}

export type SlaveDevice = {
  readonly address: number
  readonly bank: RegisterBank
  readonly trouble: LineTrouble
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
    trouble: noTrouble(delayMs),
  }
}

/**
 * Serves the devices of one half-duplex line with the bytes real ones would send. Each device
 * answers in the order it was asked, as the standard demands. Returns the way to unplug them.
 */
export function serveSlaves(
  line: LineEnd,
  devices: readonly SlaveDevice[],
  clock: Clock,
): () => void {
  const decoder = createModbusSlaveDecoder()
  const replies = createReplySender(line, clock)
  const unsubscribe = line.onBytes((bytes) => {
    // A serial device drops a torn request after the silence; a socket has no silence to go by.
    for (const item of decoder.feed(bytes)) {
      if (item.kind !== 'frame') continue
      for (const device of devices) {
        if (device.address !== item.frame.address) continue
        const { frame } = item
        replies.send(device.trouble, () => encodeReply(replyTo(device, frame)))
      }
    }
  })
  return () => {
    replies.unplug()
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
