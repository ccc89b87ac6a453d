import type { LiveStation, LiveStations } from '@baari/shared/contracts/http/live-api'
import { alarmSeverityOf, byUrgency } from '@baari/shared/domain/alarms/alarm-severity'
import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import {
  promiseRisk,
  promiseWithin,
  type BookedWindow,
  type PromiseRisk,
} from '@baari/shared/domain/dispatch/promise-risk'
import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import { usualShares } from '@baari/shared/domain/twin/visit'
import type { Clock } from '@baari/shared/runtime/clock'
import { vehicleClasses } from '@baari/shared/units/names'
import {
  after,
  instant,
  millis,
  minutes,
  type Instant,
  type Millis,
} from '@baari/shared/units/time'
import type { LiveDesk, LiveFacts } from '../../ports/live-desk.ts'

/** A station tells what changed within ten seconds and is heard every half minute. */
const staleAfter = minutes(5)
/** Alarms one station shows; it may keep five hundred open. */
const alarmsShown = 50
const out: ReadonlySet<string> = new Set(['closed', 'fault', 'offline'])

/** All stations as they are now, for operators. */
export async function readLive({
  desk,
  clock,
}: {
  readonly desk: LiveDesk
  readonly clock: Clock
}): Promise<LiveStations> {
  const now = clock.now()
  const facts = await desk.stations(now)
  return { nowMs: now, stations: facts.map((one) => liveOf(one, now)) }
}

function liveOf(facts: LiveFacts, now: Instant): LiveStation {
  const {
    limit: _limit,
    classMinutes: _times,
    coming: _coming,
    line: _line,
    alarms,
    ...told
  } = facts
  const stale = told.heardAtMs === null || now - told.heardAtMs > staleAfter
  const ranked = alarms
    .map((alarm) => ({ ...alarm, severity: alarmSeverityOf(alarm) }))
    .toSorted(byUrgency)
  return {
    ...told,
    stale,
    risk: stale || told.positions.length === 0 ? null : riskOf(facts, now),
    alarms: ranked.slice(0, alarmsShown),
    alarmsMore: ranked.length > alarmsShown,
  }
}

/** Whether those who are booked will be served in time, by what the station told last. */
function riskOf(facts: LiveFacts, now: Instant): NonNullable<LiveStation['risk']> {
  const { positions, gas, queue, limit, classMinutes, delayMin, line } = facts
  const delay = minutes(delayMin)
  const risk = promiseRisk({
    now,
    working: positions.filter(({ state }) => !out.has(state)).length,
    vehiclesPerHour: gas?.vehiclesPerHour ?? null,
    meanService: meanService(classMinutes),
    limit: limit ?? recommendedConfig.streakLimit,
    walkInsWaiting: queue?.walkIns ?? 0,
    line: line.flatMap((one) => readySince(one, delay)),
    windows: windowsOf(facts, { now, delay }),
    showShare: showProbability / 1_000,
  })
  return shown(risk)
}

/** A late vehicle queues with the walk-ins and has no promise any more. */
function readySince(
  { arrived, start }: LiveFacts['line'][number],
  delay: Millis,
): readonly Instant[] {
  const from = after(start, delay)
  if (arrived > after(from, promiseWithin)) return []
  return [instant(Math.max(arrived, from))]
}

/** Who has not come to a window that has begun may still come in it: then it begins now. */
function windowsOf(
  { coming, classMinutes }: LiveFacts,
  { now, delay }: { readonly now: Instant; readonly delay: Millis },
): readonly BookedWindow[] {
  const windows = new Map<Instant, BookedWindow>()
  for (const { start, vehicleClass, booked } of coming) {
    const from = after(start, delay)
    if (after(from, promiseWithin) < now) continue
    const at = instant(Math.max(from, now))
    const before = windows.get(at) ?? { start: at, booked: 0, work: millis(0) }
    const work = millis(before.work + booked * minutesOf(classMinutes, vehicleClass))
    windows.set(at, { start: at, booked: before.booked + booked, work })
  }
  return [...windows.values()].toSorted((a, b) => a.start - b.start)
}

function meanService(times: ClassMinutes): Millis {
  return millis(
    Math.round(
      vehicleClasses.reduce((sum, one) => sum + usualShares[one] * minutesOf(times, one), 0),
    ),
  )
}

function minutesOf(times: ClassMinutes, vehicleClass: keyof ClassMinutes): number {
  return (times[vehicleClass] * minutes(1)) / 1_000
}

/** Expected numbers of vehicles, to hundredths: more digits would claim more than is known. */
function shown({ line, windows, booked, late }: PromiseRisk): NonNullable<LiveStation['risk']> {
  const rounded = (value: number): number => Math.round(value * 100) / 100
  return {
    ...{ booked, late: rounded(late) },
    line: { booked: line.booked, late: rounded(line.late) },
    windows: windows.map((one) => ({
      ...{ startMs: one.start, booked: one.booked, late: rounded(one.late) },
    })),
  }
}
