import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { CommandId } from '@baari/shared/units/names'
import { millis, monoAfter, type Mono } from '@baari/shared/units/time'
import type { Ack, DispenserState } from '../../ports/dispenser.ts'
import type { ModbusRequest } from '../../protocols/modbus/frames.ts'
import { fault } from '../../transports/line-faults.ts'
import type { WireCommand } from '../dispenser-wire.ts'
import { exceptionFault, exchangeOf, readBlock, type ModbusStation } from './block-reader.ts'
import type { CommandSpec } from './register-map.ts'

/** Times a command is written before its outcome is called unknown. */
const mostWrites = 3
const commandWithinMs = millis(2_000)
const stopWithinMs = millis(1_000)
/**
 * A stop that is not acknowledged by then is written again: 10 ms of the device, two gaps, the reply
 * at 9600 baud, and an adapter on each way. A stop lost on the line is so made good within 250 ms.
 */
const stopTimeoutMs = 60
/** States in which gas flows or may start to. */
const unsafeAfterStop: readonly (DispenserState | undefined)[] = [
  'authorised',
  'started',
  'fuelling',
]

/**
 * Sends commands as one block write and believes only what the device says about their id
 * afterwards: a write whose acknowledgement was lost is looked up, not repeated blindly (D08).
 */
export class MeterCommands {
  readonly #station: ModbusStation
  readonly #spec: CommandSpec
  /** Grows with every stop; a command that began before must not be written after. */
  #stops = 0

  constructor(station: ModbusStation, spec: CommandSpec) {
    this.#station = station
    this.#spec = spec
  }

  async send(command: WireCommand): Promise<Result<Ack, Fault>> {
    const isStop = command.kind === 'stop'
    if (isStop) this.#stops += 1
    const stopsBefore = this.#stops
    const giveUpAt = monoAfter(this.#now(), isStop ? stopWithinMs : commandWithinMs)
    let last: Fault = this.#refused(command, 'it expired before it was sent')
    for (let write = 0; write < mostWrites && this.#now() < giveUpAt; write += 1) {
      if (!isStop && this.#stops !== stopsBefore) return err(this.#overtaken())
      if (this.#expired(command)) return err(last)
      const tried = await this.#try(command, write === mostWrites - 1)
      if (tried.ok || endsCommand(tried.error)) return tried
      last = tried.error
    }
    return err(last)
  }

  /**
   * One write, and what the device then says about it. A stop without an acknowledgement is written
   * again at once, which is harmless, before anybody asks what became of it.
   */
  async #try(command: WireCommand, isLast: boolean): Promise<Result<Ack, Fault>> {
    const isStop = command.kind === 'stop'
    const written = await this.#write(command)
    if (!written.ok && (endsCommand(written.error) || (isStop && !isLast))) return written
    return isStop ? this.#stopped(command) : this.#outcome(command)
  }

  async #write(command: WireCommand): Promise<Result<void, Fault>> {
    const { start, counts, stopCounts = counts } = this.#spec
    const words = this.#wordsOf(command)
    const form = (count: number): ModbusRequest => ({
      kind: 'write',
      address: this.#station.address,
      start,
      words: Array.from({ length: count }, (_, index) => words[index] ?? 0),
    })
    const isStop = command.kind === 'stop'
    const [first, second, third] = isStop ? stopCounts : counts
    const { timeoutMs } = this.#station
    const asked = exchangeOf(this.#station, [form(first), form(second), form(third)], {
      priority: isStop ? 'stop' : 'control',
      retries: 0,
      withinMs: millis(1_000),
    })
    const answer = await this.#station.bus.exchange({
      ...asked,
      timeoutMs: isStop ? millis(Math.min(timeoutMs, stopTimeoutMs)) : timeoutMs,
    })
    if (!answer.ok) return err({ ...answer.error, device: this.#station.deviceId })
    const { reply } = answer.value
    return reply.kind === 'wrote'
      ? ok(undefined)
      : err(exceptionFault(this.#station, 'command', reply))
  }

  /** What the device says about this very id. */
  async #outcome(command: WireCommand): Promise<Result<Ack, Fault>> {
    const read = await readBlock(this.#station, 'outcome', {
      priority: 'control',
      retries: 2,
      withinMs: millis(1_000),
    })
    if (!read.ok) return read
    const { words, at } = read.value
    const same = idWords(command.cmdId).every((word, index) => words[index] === word)
    const { deviceId } = this.#station
    if (!same)
      return err(fault('bus_timeout', deviceId, `${command.kind} did not reach the device`))
    const verdict = words[4] ?? 0
    if (verdict === this.#spec.accepted) return ok({ cmdId: command.cmdId, ackedMono: at })
    return err(this.#refused(command, this.#spec.refusals[String(verdict)] ?? `verdict ${verdict}`))
  }

  /** A stop is judged by the state afterwards, whatever became of its acknowledgement. */
  async #stopped(command: WireCommand): Promise<Result<Ack, Fault>> {
    const read = await readBlock(this.#station, 'live', {
      priority: 'control',
      retries: 1,
      withinMs: millis(500),
    })
    if (!read.ok) return read
    const state = this.#station.map.states?.[String(read.value.fields.stateCode)]
    if (state !== undefined && !unsafeAfterStop.includes(state)) {
      return ok({ cmdId: command.cmdId, ackedMono: read.value.at })
    }
    return err(
      fault('bus_timeout', this.#station.deviceId, `still ${state ?? 'unknown'} after stop`),
    )
  }

  #wordsOf(command: WireCommand): readonly number[] {
    const { expiresAtMono, limitGrams = 0, pricePaisePerKg = 0 } = command
    const leftMs = expiresAtMono === undefined ? 0 : expiresAtMono - this.#now()
    const validSeconds = Math.min(0xffff, Math.max(0, Math.ceil(leftMs / 1000)))
    return [
      ...idWords(command.cmdId),
      this.#spec.codes[command.kind],
      command.nozzle,
      ...longWords(limitGrams),
      ...longWords(pricePaisePerKg),
      validSeconds,
    ]
  }

  #expired({ expiresAtMono }: WireCommand): boolean {
    return expiresAtMono !== undefined && expiresAtMono <= this.#now()
  }

  #refused(command: WireCommand, why: string): Fault {
    return fault('dispenser_refused', this.#station.deviceId, `${command.kind}: ${why}`)
  }

  #overtaken(): Fault {
    return fault('bus_preempted', this.#station.deviceId, 'a stop went first')
  }

  #now(): Mono {
    return this.#station.clock.mono()
  }
}

/** After these the outcome is known or further tries are useless. */
function endsCommand({ code }: Fault): boolean {
  return code !== 'bus_timeout' && code !== 'modbus_busy' && code !== 'bus_deadline'
}

/** The device keeps 64 bits of the id: both halves of the UUID, exclusive-or. */
export function idWords(cmdId: CommandId): readonly number[] {
  const hex = cmdId.replaceAll('-', '')
  const word = (index: number): number => Number.parseInt(hex.slice(index * 4, index * 4 + 4), 16)
  return [0, 1, 2, 3].map((index) => word(index) ^ word(index + 4))
}

function longWords(value: number): readonly number[] {
  return [Math.floor(value / 65_536) & 0xffff, value & 0xffff]
}
