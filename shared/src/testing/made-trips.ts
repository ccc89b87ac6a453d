import { seededChance } from '../domain/forecast/chance.ts'
import type { Trip } from '../domain/eta/offline-eta.ts'
import { istDay, istDayStart } from '../units/ist-calendar.ts'
import { cellOf, centreOf, greatCircleMetres, place } from '../units/place.ts'
import { after, hours, instant, millis } from '../units/time.ts'

const station = place(23_033_000, 72_532_000)
const spanMs = hours(24 * 60)
const firstDay = instant(Date.parse('2026-09-01T00:00:00Z'))

/**
 * Trips of a made city to one station: fast at night, slow in its peaks, some quarters slower than
 * others, and a spread of a quarter on top. Made data: true of no city.
 * @param from how many quarters the trips start from
 */
export function madeTrips(seed: number, count: number, from = 12): readonly Trip[] {
  const chance = seededChance(seed)
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
  const quarters = Array.from({ length: from }, () => ({
    spot: place(
      station.latE6 + Math.round(120_000 * (chance() - 0.5)),
      station.lonE6 + Math.round(120_000 * (chance() - 0.5)),
    ),
    factor: Math.exp(0.25 * normal()),
  }))
  return Array.from({ length: count }, () => {
    const quarter = quarters[Math.floor(chance() * quarters.length)]!
    const cell = cellOf(quarter.spot)
    const left = after(firstDay, millis(Math.floor(spanMs * chance())))
    const hour = Math.floor((left - istDayStart(istDay(left))) / 3_600_000)
    const peak = (hour >= 8 && hour < 11) || (hour >= 17 && hour < 21)
    const kmh = (peak ? 15 : hour < 6 ? 40 : 24) * quarter.factor * Math.exp(0.25 * normal())
    const metres = 1.37 * Math.max(500, greatCircleMetres(quarter.spot, station))
    const took = millis(Math.round(120_000 + (metres / 1_000 / kmh) * 3_600_000))
    return {
      cell,
      from: centreOf(cell),
      to: station,
      left,
      took,
    }
  })
}
