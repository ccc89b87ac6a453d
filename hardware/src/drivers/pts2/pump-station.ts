import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis } from '@baari/shared/units/time'
import type { NozzleNo } from '../../ports/dispenser.ts'
import type { Pts2Reply } from '../../protocols/pts2/contract.ts'
import { controllerFault } from './controller-fault.ts'
import type { Asked, Asking, ControllerLine, Question } from './controller-port.ts'
import type { Pts2Config } from './manifest.ts'

/** Where and how one dispenser is asked. */
export type PumpStation = {
  readonly deviceId: string
  readonly line: ControllerLine
  readonly clock: Clock
  readonly nozzle: NozzleNo
  readonly config: Pts2Config
}

/** What a status tells, under its own name. */
export type StatusReply = Extract<
  Pts2Reply,
  {
    Type:
      'PumpIdleStatus' | 'PumpFillingStatus' | 'PumpEndOfTransactionStatus' | 'PumpOfflineStatus'
  }
>

export type AskOptions = Pick<Asking, 'priority' | 'retries'> &
  Partial<Pick<Asking, 'active' | 'withinMs' | 'timeoutMs'>>

export const readOptions = { priority: 'control', retries: 2 } as const

/** Asks the controller in the name of this device. */
export async function askPump(
  { deviceId, line, config }: PumpStation,
  question: Question,
  options: AskOptions,
): Promise<Result<Asked, Fault>> {
  const { timeoutMs } = config
  const answer = await line.ask(question, { timeoutMs, withinMs: millis(2_000), ...options })
  return answer.ok ? answer : err({ ...answer.error, device: deviceId })
}

/** A reply of this type to a question, or the fault behind what came instead. */
export async function askForReply<Type extends Pts2Reply['Type']>(
  station: PumpStation,
  question: Question,
  expected: { readonly type: Type; readonly options?: AskOptions },
): Promise<Result<{ reply: Extract<Pts2Reply, { Type: Type }>; asked: Asked }, Fault>> {
  const asked = await askPump(station, question, expected.options ?? readOptions)
  if (!asked.ok) return asked
  const { packet } = asked.value
  if (packet.kind === 'reply' && isOf(packet.packet, expected.type)) {
    return ok({ reply: packet.packet, asked: asked.value })
  }
  return err(controllerFault(station.deviceId, question.Type, packet))
}

/** The status, or why it is none; an unknown one is a fault here (D14). */
export async function readStatus(
  station: PumpStation,
  options: AskOptions = readOptions,
): Promise<Result<StatusReply, Fault>> {
  const asked = await askPump(station, statusQuestion(station), options)
  if (!asked.ok) return asked
  const status = statusIn(asked.value)
  return status === null
    ? err(controllerFault(station.deviceId, 'PumpGetStatus', asked.value.packet))
    : ok(status)
}

export function statusQuestion({ config }: PumpStation): Question {
  return { Type: 'PumpGetStatus', Data: { Pump: config.pump } }
}

export function statusIn({ packet }: Pick<Asked, 'packet'>): StatusReply | null {
  return packet.kind === 'reply' && isStatus(packet.packet) ? packet.packet : null
}

export function isStatus(reply: Pts2Reply): reply is StatusReply {
  switch (reply.Type) {
    case 'PumpIdleStatus':
    case 'PumpFillingStatus':
    case 'PumpEndOfTransactionStatus':
    case 'PumpOfflineStatus':
      return true
    case 'PumpTotals':
    case 'PumpPrices':
    case 'PumpTransactionInformation':
    case 'PumpAuthorizeConfirmation':
      return false
  }
}

function isOf<Type extends Pts2Reply['Type']>(
  reply: Pts2Reply,
  type: Type,
): reply is Extract<Pts2Reply, { Type: Type }> {
  return reply.Type === type
}
