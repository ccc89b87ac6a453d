import { istDay, istDayStart } from '../../units/ist-calendar.ts'
import { greatCircleMetres, type Place, type PlaceCell } from '../../units/place.ts'
import { millis, minutes, type Instant, type Millis } from '../../units/time.ts'

/** How long it takes to be there: the median, and what nine in ten need at most. */
export type Eta = { readonly q50: Millis; readonly q90: Millis }

/** Speeds as the city's trips taught them. */
export type SpeedBook = {
  /** Kilometres an hour by hour of the IST day, 24 of them. */
  readonly city: readonly number[]
  /** Logarithm of how much faster than the city trips from a cell are. */
  readonly cells: Readonly<Record<PlaceCell, number>>
  /** The 90 % quantile of the logarithm of taken over expected. */
  readonly late90: number
}

/** Roads are so much longer than the great circle (forecasting.md section 8: 1.3 to 1.4). */
export const detour = 1.35

/** Before the first trip: a city at night, in the peaks, and between them. */
const priorCity: readonly number[] = Array.from({ length: 24 }, (_, hour) => {
  if (hour < 6 || hour >= 22) return 36
  if ((hour >= 8 && hour < 11) || (hour >= 17 && hour < 21)) return 18
  return 25
})
/** Trips the prior of an hour, of a cell and of the spread is worth. */
const shrink = { hour: 15, cell: 10, spread: 30 } as const
const priorSpread = 0.3
/** Where nine in ten of a normal distribution lie below. */
const z90 = 1.2816

export const firstSpeeds: SpeedBook = { city: priorCity, cells: {}, late90: z90 * priorSpread }

/** Nearer than the middle of a cell can tell. */
const leastMetres = 500
/** Getting in and out of the traffic. */
const startsAfter = minutes(2)

export type Way = { readonly cell: PlaceCell; readonly from: Place; readonly to: Place }

/**
 * The arrival without any network: great circle × detour over the speed of the hour, corrected by what
 * trips from the cell showed.
 */
export function offlineEta(way: Way, at: Instant, book: SpeedBook): Eta {
  const q50 = expected(way, at, book)
  return { q50, q90: later(q50, book) }
}

/** The 90 % quantile for a median that somebody else reckoned. */
export function later(q50: Millis, { late90 }: SpeedBook): Millis {
  return millis(Math.round(q50 * Math.exp(Math.max(0, late90))))
}

function expected({ cell, from, to }: Way, at: Instant, book: SpeedBook): Millis {
  const kmh = (book.city[hourOf(at)] ?? 25) * Math.exp(book.cells[cell] ?? 0)
  return millis(startsAfter + Math.round((roadMetres(from, to) / 1_000 / kmh) * 3_600_000))
}

function roadMetres(from: Place, to: Place): number {
  return detour * Math.max(leastMetres, greatCircleMetres(from, to))
}

function hourOf(at: Instant): number {
  return Math.floor((at - istDayStart(istDay(at))) / 3_600_000)
}

/** A trip that ended: from the middle of a cell to a station. */
export type Trip = Way & { readonly left: Instant; readonly took: Millis }

/**
 * Speeds from trips, and the 90 % quantile by how late each half of the trips was against the speeds of
 * the other half: speeds fit the trips they were learned from too well.
 */
export function learnSpeeds(trips: readonly Trip[]): SpeedBook {
  const told = trips.filter(({ took }) => took > startsAfter)
  const halves = [0, 1].map((half) => told.filter((_, at) => at % 2 === half))
  const late = halves.flatMap((half, at) => {
    const book = meanSpeeds(halves[1 - at] ?? [])
    return half.map((trip) => Math.log(trip.took / expected(trip, trip.left, book)))
  })
  return { ...meanSpeeds(told), late90: lateness(late) }
}

/**
 * Of each hour shrunk to the usual of that hour, of each cell shrunk to the city's mean, so that a cell
 * with one trip says little.
 */
function meanSpeeds(told: readonly Trip[]): SpeedBook {
  const logSpeed = ({ from, to, took }: Trip): number =>
    Math.log(roadMetres(from, to) / 1_000 / ((took - startsAfter) / 3_600_000))
  const hours = sumsBy(told, (trip) => String(hourOf(trip.left)), logSpeed)
  const city = priorCity.map((prior, hour) => {
    const { sum, count } = hours.get(String(hour)) ?? none
    return Math.exp((sum + shrink.hour * Math.log(prior)) / (count + shrink.hour))
  })
  const overCity = (trip: Trip): number => logSpeed(trip) - Math.log(city[hourOf(trip.left)] ?? 25)
  const cells = Object.fromEntries(
    [...sumsBy(told, ({ cell }) => cell, overCity)].map(([cell, { sum, count }]) => [
      cell,
      sum / (count + shrink.cell),
    ]),
  )
  return { city, cells, late90: 0 }
}

/** The 90 % quantile of the logarithm of taken over expected, pulled towards the prior's. */
function lateness(late: readonly number[]): number {
  const sorted = late.toSorted((a, b) => a - b)
  // The rank of split conformal: one more than the trips, so that nine in ten is kept by few as well.
  const rank = Math.min(sorted.length, Math.ceil(0.9 * (sorted.length + 1)))
  const own = sorted[rank - 1] ?? 0
  const { spread } = shrink
  return (sorted.length * own + spread * z90 * priorSpread) / (sorted.length + spread)
}

const none = { sum: 0, count: 0 }

function sumsBy(
  trips: readonly Trip[],
  keyOf: (trip: Trip) => string,
  valueOf: (trip: Trip) => number,
): ReadonlyMap<string, typeof none> {
  const sums = new Map<string, typeof none>()
  for (const trip of trips) {
    const { sum, count } = sums.get(keyOf(trip)) ?? none
    sums.set(keyOf(trip), { sum: sum + valueOf(trip), count: count + 1 })
  }
  return sums
}
