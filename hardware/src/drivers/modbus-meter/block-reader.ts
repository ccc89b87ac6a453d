import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { Bus, Exchange, Priority } from '../../ports/bus.ts'
import { hexText, type ModbusReply, type ModbusRequest } from '../../protocols/modbus/frames.ts'
import { decodeRegisters, registersOf } from '../../protocols/modbus/registers.ts'
import { fault } from '../../transports/line-faults.ts'
import type { BlockName, FieldName, RegisterMap } from './register-map.ts'

export type ModbusBus = Bus<ModbusRequest, ModbusReply>

/** Where and how one device is asked. */
export type ModbusStation = {
  readonly deviceId: string
  readonly bus: ModbusBus
  readonly clock: Clock
  readonly address: number
  readonly map: RegisterMap
  readonly timeoutMs: Millis
}

/** A block as it came, with the fields that lie in it. */
export type BlockRead = {
  readonly words: readonly number[]
  /** Whole grams where the map gives a scale; null for a number that cannot be trusted (M03). */
  readonly fields: Readonly<Partial<Record<FieldName, number | null>>>
  readonly attempts: number
  readonly at: Mono
  readonly rawHex: string
}

export type ReadOptions = {
  readonly priority: Priority
  readonly active?: boolean
  readonly retries: number
  /** Queue time included. */
  readonly withinMs: Millis
}

/** Reads a block in the first of its three lengths that cannot be mistaken. */
export async function readBlock(
  station: ModbusStation,
  block: BlockName,
  options: ReadOptions,
): Promise<Result<BlockRead, Fault>> {
  const spec = station.map.blocks[block]
  if (spec === undefined) {
    return err(fault('device_unverified', station.deviceId, `the map has no block ${block}`))
  }
  const { address, map } = station
  const form = (count: number): ModbusRequest => ({
    kind: 'read',
    address,
    fn: map.readFunction,
    start: spec.start,
    count,
  })
  const [first, second, third] = spec.counts
  const answer = await station.bus.exchange(
    exchangeOf(station, [form(first), form(second), form(third)], options),
  )
  if (!answer.ok) return err({ ...answer.error, device: station.deviceId })
  const { reply, raw, attempts, at } = answer.value
  if (reply.kind !== 'registers') return err(exceptionFault(station, block, reply))
  const fields = fieldsIn(map, block, reply.words)
  return ok({ words: reply.words, fields, attempts, at, rawHex: hexText(raw) })
}

export function exchangeOf(
  station: ModbusStation,
  forms: Exchange<ModbusRequest>['forms'],
  options: ReadOptions,
): Exchange<ModbusRequest> {
  return {
    forms,
    priority: options.priority,
    timeoutMs: station.timeoutMs,
    retries: options.retries,
    deadline: monoAfter(station.clock.mono(), options.withinMs),
    active: options.active ?? false,
  }
}

/** S08: an exception is a typed fault and never a value. */
export function exceptionFault(station: ModbusStation, block: string, reply: ModbusReply): Fault {
  const { deviceId } = station
  if (reply.kind !== 'exception') {
    return fault('modbus_device_failure', deviceId, `${block}: a reply of another kind`)
  }
  const hint = `${block}: Modbus exception ${reply.code}`
  switch (reply.code) {
    case 6:
    case 11:
      return fault('modbus_busy', deviceId, hint)
    case 1:
    case 2:
    case 3:
      return fault('modbus_configuration', deviceId, hint)
    default:
      return fault('modbus_device_failure', deviceId, hint)
  }
}

function fieldsIn(
  map: RegisterMap,
  block: BlockName,
  words: readonly number[],
): BlockRead['fields'] {
  const fields: Partial<Record<FieldName, number | null>> = {}
  for (const [name, field] of Object.entries(map.fields)) {
    if (field.block !== block) continue
    const slice = words.slice(field.at, field.at + registersOf(field.type))
    const value = decodeRegisters(slice, { type: field.type, order: map.order })
    fields[name as FieldName] = value === null ? null : scaled(value, field.gramsPerCount)
  }
  return fields
}

function scaled(value: number, gramsPerCount: number | undefined): number | null {
  if (gramsPerCount === undefined) return value
  const whole = Math.round(value * gramsPerCount)
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : null
}

export const usualRead: ReadOptions = { priority: 'poll', retries: 2, withinMs: millis(2_000) }
