import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { millis, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { Bus } from '../ports/bus.ts'
import type { ModbusReply, ModbusRequest } from '../protocols/modbus/frames.ts'
import { fault } from '../transports/line-faults.ts'

export type RegisterSpec = {
  readonly id: string
  readonly address: number
  readonly fn: 3 | 4
  /** Zero-based, as on the wire. */
  readonly register: number
  /** Lengths in which the register can be read, so that a late reply is told apart (S05). */
  readonly counts: readonly [number, number, number]
  readonly pollMs: Millis
  readonly timeoutMs: Millis
}

export type RegisterPollParts = {
  readonly bus: Bus<ModbusRequest, ModbusReply>
  readonly clock: Clock
  readonly onWord: (word: number, seen: { readonly attempts: number; readonly at: Mono }) => void
  readonly onMissed: (fault: Fault) => void
}

/** Reads one register again and again; one read at a time, and none in the queue for long. */
export class RegisterPoll {
  readonly #spec: RegisterSpec
  readonly #parts: RegisterPollParts
  #running = false
  #cancel = (): void => undefined

  constructor(spec: RegisterSpec, parts: RegisterPollParts) {
    this.#spec = spec
    this.#parts = parts
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    void this.#read()
  }

  stop(): void {
    this.#running = false
    this.#cancel()
  }

  async #read(): Promise<void> {
    const { bus, clock, onWord, onMissed } = this.#parts
    const { id, address, fn, register, counts, timeoutMs, pollMs } = this.#spec
    const form = (count: number): ModbusRequest => ({
      kind: 'read',
      address,
      fn,
      start: register,
      count,
    })
    const answer = await bus.exchange({
      forms: [form(counts[0]), form(counts[1]), form(counts[2])],
      priority: 'poll',
      timeoutMs,
      retries: 2,
      deadline: monoAfter(clock.mono(), millis(2_000)),
      // A safety input is not to wait behind resting dispensers.
      active: true,
    })
    if (!this.#running) return
    if (!answer.ok) onMissed({ ...answer.error, device: id })
    else {
      const { reply, attempts, at } = answer.value
      const word = reply.kind === 'registers' ? reply.words[0] : undefined
      if (word === undefined) onMissed(exceptionOf(id, reply))
      else onWord(word, { attempts, at })
    }
    this.#cancel = clock.after('register-poll', pollMs, () => void this.#read())
  }
}

/** S08: an exception is a typed fault and never a value. */
function exceptionOf(id: string, reply: ModbusReply): Fault {
  if (reply.kind !== 'exception') return fault('modbus_device_failure', id, 'an empty reply')
  const hint = `Modbus exception ${reply.code}`
  if (reply.code === 6 || reply.code === 11) return fault('modbus_busy', id, hint)
  if (reply.code <= 3) return fault('modbus_configuration', id, hint)
  return fault('modbus_device_failure', id, hint)
}
