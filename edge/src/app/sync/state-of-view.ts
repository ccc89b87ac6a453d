import type { StationView } from '@baari/shared/contracts/live/station-view'
import {
  gasKey,
  positionKey,
  queueKey,
  ruleKey,
  waitKey,
  type StateValue,
} from '@baari/shared/contracts/sync/stream-ops'
import { minutes } from '@baari/shared/units/time'
import type { StateChange } from './state-commands.ts'

export type StationSigns = {
  readonly view: StationView
  readonly uplink: string
  readonly diskReserveFree: boolean
}

/** What the cloud is told of the station's present state, by key; the newest value alone counts. */
export function stateOfView({
  view,
  uplink,
  diskReserveFree,
}: StationSigns): readonly StateChange[] {
  const { counts, clock, shift, gas } = view
  return [
    ...view.positions.map(({ no, state, mode, fault, ticket }) => ({
      key: positionKey(no),
      value: { state, mode, fault: fault?.code ?? null, ticket: ticket?.id ?? null },
    })),
    { key: queueKey, value: { ...counts } },
    { key: waitKey, value: waitTold(view.walkInWait) },
    { key: ruleKey, value: ruleTold(view) },
    { key: 'shift', value: { open: shift !== null, sinceMs: shift?.openedAtMs ?? null } },
    { key: 'clock', value: { quality: clock } },
    { key: gasKey, value: gas === null ? null : gasTold(gas) },
    { key: 'link', value: { uplink } },
    { key: 'disk', value: { reserveFree: diskReserveFree } },
  ]
}

/** The moment and not the age of the oldest walk-in: an age would be told with every look. */
function ruleTold({ rule, atMs }: StationView): StateValue {
  const { limit, oldestWalkInWaitMs: wait } = rule
  return { limit, oldestWalkInMs: wait === null ? null : atMs - wait }
}

/** In whole minutes, so that every second of a queue is not told. */
function waitTold({ medianMs, p90Ms }: StationView['walkInWait']): StateValue {
  const minutesOf = (wait: number): number => Math.ceil(wait / minutes(1))
  return { medianMin: minutesOf(medianMs), p90Min: minutesOf(p90Ms) }
}

const stepMbar = 1_000

/** In steps of a bar, so that a pressure that trembles is not told with every look. */
function gasTold({ bankMbar, vehiclesPerHour }: NonNullable<StationView['gas']>): StateValue {
  const stepped = bankMbar === null ? null : Math.floor(bankMbar / stepMbar) * stepMbar
  return { bankMbar: stepped, vehiclesPerHour }
}

/** The values that are not what was told before; `told` is brought up to date. */
export function changedState(
  told: Map<string, string>,
  now: readonly StateChange[],
): readonly StateChange[] {
  return now.filter(({ key, value }) => {
    const text = textOf(value)
    if (told.get(key) === text) return false
    told.set(key, text)
    return true
  })
}

function textOf(value: StateValue): string {
  return JSON.stringify(value)
}
