import { stationShapes, type StationShape } from '@baari/shared/contracts/sync/shapes'
import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { instant, type Instant } from '@baari/shared/units/time'
import { clockAlarmMs, type Told } from '../../domain/sync/station-time.ts'
import type { CloudLine } from '../../ports/cloud-line.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { ProofLine } from '../../ports/proof-line.ts'
import type { ShapeSource } from '../../ports/shape-source.ts'
import type { StationClock } from '../../ports/station-clock.ts'
import type { TelemetryUplink } from '../../ports/telemetry-uplink.ts'
import {
  followShape,
  type Follower,
  type FollowerStatus,
  type FollowTimes,
} from './follow-shape.ts'
import { startUplink, type Uplink, type UplinkAlarm } from './link-supervisor.ts'
import { sessionKeeper, type SessionKeeper } from './session-keeper.ts'
import { startProver, type DaySeal, type Prover } from './start-prover.ts'
import { keepFloor } from './station-clock.ts'
import type { SyncCommands } from './sync-commands.ts'

export type SyncAlarm =
  UplinkAlarm | 'shape_refused' | 'clock_wrong' | 'digest_differs' | 'digest_drifted'

export type LinkDeps = {
  /** Number of this station. */
  readonly station: number
  /** The line to the cloud, which tells the cloud's time after each answer that carried it. */
  readonly lineOf: (onTime: (told: Told) => void) => CloudLine
  readonly sourceOf: (keeper: SessionKeeper) => ShapeSource
  /** The cloud's digests; without them nothing is compared. */
  readonly proofLine?: ProofLine
  readonly seal?: Omit<DaySeal, 'station'>
  readonly ledger: Pick<Ledger<SyncCommands>, 'run' | 'onCommit'>
  readonly clock: Clock
  readonly time: StationClock
  readonly telemetry?: TelemetryUplink
  readonly prng: Prng
  readonly followTimes?: FollowTimes
  readonly batchOpsMax?: number
  readonly onAlarm: (code: SyncAlarm, about: string) => void
  readonly onFault: (error: unknown) => void
}

export type SyncStatus = {
  /** True while the last exchange is younger than two heartbeats. */
  readonly linkUp: boolean
  readonly lastExchange: Instant | null
  readonly uplink: string
  readonly unsentOps: number
  readonly shapes: readonly FollowerStatus[]
}

export type Sync = {
  /** The one session of this node, for its further exchanges with the cloud. */
  readonly keeper: SessionKeeper
  /** Learns from the cloud's time in an answer to one of them. */
  readonly onTime: (told: Told) => void
  status(): SyncStatus
  /** The network came back, or a person opens a forked, fenced or stalled uplink. */
  tell(event: 'link_up' | 'operator'): void
  /** Compares both sides now; undefined when nothing could be said. */
  readonly prove: Prover['prove']
  stop(): Promise<void>
}

const linkUpMs = 65_000
/** Written down for a person to look at; the clock itself learns from every exchange. */
const keepTimeEveryMs = 60_000

/**
 * Starts both directions and station time's floor. The node needs none of it to fill: everything
 * here may fail for days and goes on by its own timers.
 */
export async function startLink(deps: LinkDeps): Promise<Sync> {
  const { station, ledger, clock, time, onFault } = deps
  const onTime = timeKeeper(deps)
  const line = deps.lineOf(onTime)
  const keeper = sessionKeeper({ station, line, ledger })
  const source = deps.sourceOf(keeper)
  const floor = await keepFloor({ ledger, time, clock, onFault })
  const uplink = await startUplink({
    ...{ ...deps, line, keeper },
    onAlarm: (code) => deps.onAlarm(code, 'uplink'),
  })
  const names = Object.keys(stationShapes) as readonly StationShape[]
  const followers = await Promise.all(
    names.map((name) =>
      followShape(
        {
          ...{ ...deps, source, times: deps.followTimes },
          now: () => time.now().at,
          onOps: () => uplink.tell('new_op'),
          onRefused: (refused, error) =>
            deps.onAlarm('shape_refused', `${refused}: ${error.message}`),
        },
        name,
      ),
    ),
  )
  const prover = proverOf(deps, { uplink, keeper, followers })
  return {
    ...{ keeper, onTime },
    status: () => statusOf(uplink.status(), { followers, time }),
    tell: uplink.tell.bind(uplink),
    prove: (why) => prover?.prove(why) ?? Promise.resolve(undefined),
    async stop() {
      await prover?.stop()
      floor.stop()
      for (const follower of followers) follower.stop()
      await uplink.stop()
    },
  }
}

type Running = {
  readonly uplink: Uplink
  readonly keeper: SessionKeeper
  readonly followers: readonly Follower[]
}

function proverOf(deps: LinkDeps, { uplink, keeper, followers }: Running): Prover | undefined {
  const { proofLine: line, ledger, clock, time, onAlarm, onFault, station } = deps
  if (line === undefined) return undefined
  return startProver({
    ...{ line, ledger, clock, time, keeper, onAlarm, onFault },
    seal: deps.seal && { ...deps.seal, station },
    settled() {
      const { state } = uplink.status()
      return state === 'idle' || state === 'sending'
    },
    onOps: () => uplink.tell('new_op'),
    async refetchBookings() {
      await followers.find((follower) => follower.status().name === 'booking')?.refetch()
    },
  })
}

/** Learns from every exchange; tells a person once when the wall clock is more than a minute off. */
function timeKeeper({ ledger, clock, time, onAlarm, onFault }: LinkDeps): (told: Told) => void {
  let keptAt = clock.mono() - keepTimeEveryMs
  let wrong = false
  return (told) => {
    time.learn(told)
    const errorMs = time.wallErrorMs() ?? 0
    const isWrong = Math.abs(errorMs) > clockAlarmMs
    if (isWrong && !wrong) onAlarm('clock_wrong', `${Math.round(errorMs / 1_000)} s`)
    wrong = isWrong
    if (clock.mono() - keptAt < keepTimeEveryMs) return
    keptAt = clock.mono()
    const exchange = { serverTime: told.serverTime, clockOffsetMs: errorMs }
    ledger.run('time.learn', exchange).catch(onFault)
  }
}

type Parts = {
  readonly followers: readonly { status(): FollowerStatus }[]
  readonly time: StationClock
}

function statusOf(
  { state, lastExchange, unsentOps }: ReturnType<Awaited<ReturnType<typeof startUplink>>['status']>,
  { followers, time }: Parts,
): SyncStatus {
  const shapes = followers.map((follower) => follower.status())
  const heard = [lastExchange, ...shapes.map((shape) => shape.lastUpToDate)]
  const last = Math.max(...heard.map((at) => at ?? 0))
  return {
    linkUp: last > 0 && time.now().at - last < linkUpMs,
    lastExchange: last > 0 ? instant(last) : null,
    uplink: state,
    unsentOps,
    shapes,
  }
}
