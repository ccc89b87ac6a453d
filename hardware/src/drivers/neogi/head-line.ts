import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { millis, monoAfter, type Mono } from '@baari/shared/units/time'
import type { Bus, Priority } from '../../ports/bus.ts'
import type { NozzleNo, Totals } from '../../ports/dispenser.ts'
import { asciiText } from '../../protocols/ascii.ts'
import type { Decimal } from '../../protocols/decimal.ts'
import type { NeogiCommand, NeogiReply } from '../../protocols/neogi/frames.ts'
import { fault } from '../../transports/line-faults.ts'
import { plausibleStep, type Step } from '../live-frame.ts'
import type { NeogiConfig } from './manifest.ts'

export type NeogiBus = Bus<NeogiCommand, NeogiReply>

/** Where and how one head is asked. */
export type NeogiStation = {
  readonly deviceId: string
  readonly bus: NeogiBus
  readonly clock: Clock
  readonly nozzle: NozzleNo
  readonly config: NeogiConfig
}

export type ReadKind = 'status' | 'totaliser' | 'running' | 'last-sale'

export type HeadRead<Kind extends ReadKind> = {
  readonly reply: Extract<NeogiReply, { kind: Kind }>
  readonly attempts: number
  readonly at: Mono
  readonly raw: string
}

export type HeadAsking = {
  readonly priority: Priority
  readonly retries: number
  readonly active?: boolean
}

export const usualAsking: HeadAsking = { priority: 'control', retries: 2 }
/** The head has one address, on a line of its own. */
export const headAddress = 1
const withinMs = millis(1_500)

/**
 * Other questions that change nothing, asked when a reply of this kind may still be on its way: the
 * replies differ in form, and one that is answered shows that nothing older will come (S05).
 */
const otherForms: Readonly<Record<ReadKind, readonly [ReadKind, ReadKind]>> = {
  status: ['totaliser', 'last-sale'],
  totaliser: ['status', 'last-sale'],
  running: ['status', 'totaliser'],
  'last-sale': ['status', 'totaliser'],
}

/** Reads one thing of the head. `INVALID` is a refusal and never a value. */
export async function readHead<Kind extends ReadKind>(
  station: NeogiStation,
  kind: Kind,
  asking: HeadAsking = usualAsking,
): Promise<Result<HeadRead<Kind>, Fault>> {
  const [second, third] = otherForms[kind]
  const forms = [{ kind }, { kind: second }, { kind: third }] as const
  let attempts = 0
  // The second time every form is free again.
  for (let turn = 0; turn < 2; turn += 1) {
    const answer = await exchange(station, forms, asking)
    if (!answer.ok) return answer
    attempts += answer.value.attempts
    const { reply, raw, at } = answer.value
    if (isOf(reply, kind)) return ok({ reply, attempts, at, raw: asciiText(raw) })
    if (reply.kind === 'invalid') return err(refused(station, `${kind}: the head says INVALID`))
  }
  return err(fault('bus_timeout', station.deviceId, `${kind} was not answered`))
}

/** Tells the head something; `false` is its INVALID. After a fault the outcome is unknown. */
export async function tellHead(
  station: NeogiStation,
  command: NeogiCommand,
  priority: 'control' | 'stop' = 'control',
): Promise<Result<boolean, Fault>> {
  const answer = await exchange(station, [command], { priority, retries: 0 })
  return answer.ok ? ok(answer.value.reply.kind === 'ok') : answer
}

/** Readings of the counter before they are called contradictory. */
const mostReadings = 5

/**
 * The totaliser: two readings in a row that agree. Its check digits are blind to some double
 * damage, so a pair that only ascends is believed when none agrees: gas is flowing then.
 */
export async function readTotals(station: NeogiStation): Promise<Result<Totals, Fault>> {
  const { deviceId, config } = station
  let before: Reading | null = null
  let ascends = false
  for (let reading = 0; reading < mostReadings; reading += 1) {
    const read = await readTotal(station)
    if (!read.ok) return read
    const now = read.value
    if (before?.grams === now.grams) return ok(totalsOf(now, config))
    ascends = before !== null && plausibleStep(before, now, config)
    before = now
  }
  return ascends && before !== null
    ? ok(totalsOf(before, config))
    : err(fault('bad_reading', deviceId, 'readings of the total contradict each other'))
}

type Reading = Step & { readonly raw: string }

async function readTotal(station: NeogiStation): Promise<Result<Reading, Fault>> {
  const read = await readHead(station, 'totaliser')
  if (!read.ok) return read
  const { reply, at, raw } = read.value
  const total = gramsOf(reply.value)
  return total === null
    ? err(fault('bad_reading', station.deviceId, `total is no number of grams: ${raw}`))
    : ok({ grams: grams(total), at, raw })
}

function totalsOf({ grams: total, raw }: Reading, { widthGrams }: NeogiConfig): Totals {
  return { grams: total, widthGrams: grams(widthGrams), raw }
}

/** Whole grams of a number in kilograms; null when it has more digits than grams can hold. */
export function gramsOf(kilograms: Decimal): number | null {
  return kilograms.countAt(3)
}

export function refused({ deviceId }: NeogiStation, why: string): Fault {
  return fault('dispenser_refused', deviceId, why)
}

async function exchange(
  { bus, clock, deviceId, config }: NeogiStation,
  forms: Parameters<NeogiBus['exchange']>[0]['forms'],
  asking: HeadAsking,
): ReturnType<NeogiBus['exchange']> {
  const { timeoutMs } = config
  const deadline = monoAfter(clock.mono(), withinMs)
  const answer = await bus.exchange({ forms, timeoutMs, deadline, ...asking })
  return answer.ok ? answer : err({ ...answer.error, device: deviceId })
}

function isOf<Kind extends ReadKind>(
  reply: NeogiReply,
  kind: Kind,
): reply is Extract<NeogiReply, { kind: Kind }> {
  return reply.kind === kind
}
