import { instant, minutes, type DayNumber, type Instant } from '@baari/shared/units/time'

const dayMs = 86_400_000

/**
 * The instant at which a zone's clocks show `HH:MM` on a calendar day. A time that daylight saving
 * skips is the next instant that exists; one that comes twice is the first. A text that is no time
 * counts as midnight, because a rule must never stop a scan.
 */
export function instantOfLocalTime(day: DayNumber, clock: string, zone: string): Instant {
  const offsetAt = offsetReader(zone)
  const wanted = day * dayMs + minutesOf(clock) * minutes(1)
  // Both offsets that may hold around the wanted time: a day before and a day after it.
  const guesses = [offsetAt(wanted - dayMs), offsetAt(wanted + dayMs)].map((o) => wanted - o)
  const exact = guesses.filter((at) => at + offsetAt(at) === wanted)
  if (exact.length > 0) return instant(Math.min(...exact))
  return instant(firstAfterGap(Math.min(...guesses), { wanted, offsetAt }))
}

function minutesOf(clock: string): number {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock)
  return found ? Number(found[1]) * 60 + Number(found[2]) : 0
}

/** Steps from inside the gap to the moment the clocks have jumped past the wanted time. */
function firstAfterGap(
  from: number,
  { wanted, offsetAt }: { readonly wanted: number; readonly offsetAt: (ms: number) => number },
): number {
  const step = minutes(1)
  const bound = from + 2 * dayMs
  for (let at = from; at < bound; at += step) if (at + offsetAt(at) >= wanted) return at
  return from
}

/** Offset of a zone from UTC in milliseconds; an unknown zone counts as UTC. */
function offsetReader(zone: string): (ms: number) => number {
  const format = formatOf(zone)
  return (ms) => {
    if (!format) return 0
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
    const shown = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    )
    return shown - Math.floor(ms / 1000) * 1000
  }
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  } catch {
    return undefined
  }
}
