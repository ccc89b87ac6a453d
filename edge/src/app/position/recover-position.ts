import { pause, type Clock } from '@baari/shared/runtime/clock'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Grams } from '@baari/shared/units/mass'
import { commandId } from '@baari/shared/units/names'
import { monoElapsed, type Millis, type Mono } from '@baari/shared/units/time'
import type { DeviceFacts } from '../../domain/fill/device-facts.ts'
import type { FillState } from '../../domain/fill/fill-states.ts'
import { isReadable, type DeviceLook } from '../../domain/position/device-look.ts'
import type { NozzleSetup } from '../../ports/fills.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { LedgerFailure } from '../../ports/ledger-failure.ts'
import type { NozzleDevice } from '../../ports/nozzle-device.ts'
import type { CallMade } from '../queue/call-made.ts'
import type { Commands } from '../commands.ts'
import type { DeviceEffect } from '../fill/store-decision.ts'

export type RecoveryParts = {
  readonly setup: NozzleSetup
  readonly device: NozzleDevice
  readonly ledger: Pick<Ledger<Commands>, 'run'>
  readonly clock: Clock
  readonly ids: IdSource
  readonly authoriseWithinMs: Millis
  /** Between two looks at a nozzle that must wait. */
  readonly retryMs: Millis
  readonly mayControl: boolean
  readonly signal: AbortSignal
  /** Each row of the table as it applied, for the log. */
  readonly onRow: (row: number, next: 'again' | 'hold' | 'done') => void
}

export type RecoveredNozzle = {
  readonly state: FillState
  readonly calls: readonly CallMade[]
}

/**
 * Brings one nozzle from its last row to a state that the loop can go on from: read, decide, store,
 * and only then act. It waits as long as the table asks it to, which for a device that cannot be
 * read is for ever; null when it was told to end.
 */
export async function recoverPosition(parts: RecoveryParts): Promise<RecoveredNozzle | null> {
  const { clock, retryMs: delay, signal } = parts
  const began = clock.mono()
  let calls: readonly CallMade[] = []
  while (!signal.aborted) {
    const outcome = await takeStep(parts, began)
    calls = [...calls, ...(outcome?.calls ?? [])]
    if (outcome?.next === 'done') return { state: outcome.nozzle, calls }
    if (outcome?.next === 'again') continue
    await pause(clock, { name: `recovery of ${parts.device.id}`, delay, signal })
  }
  return null
}

type Step = NonNullable<ReturnType<Commands['fill.recover']>>

/**
 * Null when nothing can be said yet. A ledger that cannot write, as on a full disk, is asked again
 * like a device that cannot be read: else the position would stay held until somebody restarts.
 */
async function takeStep(parts: RecoveryParts, began: Mono): Promise<Step | null> {
  const facts = await lookAt(parts.device)
  try {
    return await storeStep(parts, { facts, began })
  } catch (error) {
    if (error instanceof LedgerFailure) return null
    throw error
  }
}

type Looked = { readonly facts: Look | null; readonly began: Mono }

async function storeStep(parts: RecoveryParts, { facts, began }: Looked): Promise<Step | null> {
  const { clock, setup, ledger, authoriseWithinMs, mayControl } = parts
  const key = { position: setup.position, nozzle: setup.nozzle }
  const totaliserGrams = facts?.totaliserGrams ?? null
  const { known } = await ledger.run('fill.install', { setup, totaliserGrams })
  if (!known) return null
  const wait = { waitedMs: monoElapsed(began, clock.mono()), authoriseWithinMs, mayControl }
  const outcome = await ledger.run('fill.recover', { key, ...(facts ?? unreadable), ...wait })
  if (outcome === null) return null
  parts.onRow(outcome.row, outcome.next)
  if (outcome.stop) await parts.device.stop(commandId(parts.ids.uuid()))
  closeWhatEnded(parts, outcome.effects)
  return outcome
}

/** Recovery sends no authorise and no resume; what ended may be released at the device. */
function closeWhatEnded({ device, ids }: RecoveryParts, effects: readonly DeviceEffect[]): void {
  for (const { kind } of effects) {
    if (kind === 'close') void device.close(commandId(ids.uuid()))
    if (kind === 'stop') void device.stop(commandId(ids.uuid()))
  }
}

type Look = Pick<DeviceFacts, 'rest' | 'runningGrams' | 'sale'> & {
  readonly totaliserGrams: Grams | null
  readonly raw: string | null
}

const unreadable: Look = {
  rest: 'unreadable',
  totaliserGrams: null,
  raw: null,
  runningGrams: null,
  sale: null,
}

/** State, totals and last sale; null unless all three are good and the state stood still. */
async function lookAt(device: NozzleDevice): Promise<Look | null> {
  const before = device.look()
  if (!isReadable(before) || before.state === 'out-of-order') return null
  const totals = await device.totals()
  const sale = await device.lastSale()
  const after = device.look()
  if (!totals.ok || !sale.ok || after.state !== before.state || !isReadable(after)) return null
  return {
    rest: restOf(after),
    raw: totals.value.raw,
    sale: sale.value,
    ...massOf(after, totals.value.grams),
  }
}

/**
 * While gas flows only figures of one frame belong together: the running sale began at the counter
 * less its own grams. A device without the counter in its frame proves nothing by its sale.
 */
function massOf(
  look: DeviceLook,
  totaliserGrams: Grams,
): Pick<Look, 'totaliserGrams' | 'runningGrams'> {
  const running = look.state === 'running' || look.state === 'suspended'
  if (!running || look.totaliserGrams === null) return { totaliserGrams, runningGrams: null }
  return { totaliserGrams: look.totaliserGrams, runningGrams: look.saleGrams }
}

function restOf({ state }: DeviceLook): DeviceFacts['rest'] {
  if (state === null || state === 'out-of-order') return 'unreadable'
  return state === 'authorised' || state === 'running' || state === 'suspended' ? state : 'at-rest'
}
