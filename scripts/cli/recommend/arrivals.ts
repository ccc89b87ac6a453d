import {
  measureRoutes,
  measureTrips,
  type EtaMeasures,
} from '@baari/shared/domain/eta/eta-measures'
import type { RoutedTrip } from '@baari/shared/domain/eta/eta-measures'
import { firstSpeeds, learnSpeeds } from '@baari/shared/domain/eta/offline-eta'
import { cellOf, centreOf, place, type Place } from '@baari/shared/units/place'
import { instant, millis } from '@baari/shared/units/time'
import { CsvRefusal } from '../csv/csv-records.ts'
import { numberOf, openCsv } from '../csv/csv-table.ts'
import { isoTime } from '../csv/iso-time.ts'

const columns = ['route', 'from_lat', 'from_lon', 'to_lat', 'to_lon', 'left', 'took_s'] as const
type Column = (typeof columns)[number]

/**
 * Reads trips that ended, in degrees and seconds. Of where one began only the cell is kept, as in the
 * product.
 * @throws CsvRefusal naming file, line and column of what is no place, time or length
 */
export function readTrips(file: string, text: string): readonly RoutedTrip[] {
  const csv = openCsv(file, text, columns)
  return Array.from(csv.rows, ({ line, cells }) => {
    const cell = (name: Column): string => (cells[csv.header.indexOf(name)] ?? '').trim()
    const refuse = (name: Column): never => {
      const column = csv.header.indexOf(name) + 1
      throw new CsvRefusal(file, { line, column, what: `${name} is "${cell(name)}"` })
    }
    const degrees = (name: Column, most: number): number => {
      const value = numberOf(cell(name)) ?? Number.NaN
      return Math.abs(value) <= most ? Math.round(value * 1e6) : refuse(name)
    }
    const spot = (lat: Column, lon: Column): Place => place(degrees(lat, 90), degrees(lon, 180))
    const start = cellOf(spot('from_lat', 'from_lon'))
    const seconds = numberOf(cell('took_s')) ?? 0
    return {
      ...{ route: cell('route'), cell: start, from: centreOf(start), to: spot('to_lat', 'to_lon') },
      left: instant(isoTime(cell('left'))?.ms ?? refuse('left')),
      took: millis(seconds > 0 ? Math.round(seconds * 1_000) : refuse('took_s')),
    }
  })
}

const learnedShare = 0.8

/** Learns from the first four fifths by time, and says how the last fifth was told, route by route. */
export function arrivalLines(trips: readonly RoutedTrip[]): readonly string[] {
  const sorted = trips.toSorted((a, b) => a.left - b.left)
  const cut = Math.floor(learnedShare * sorted.length)
  const [past, coming] = [sorted.slice(0, cut), sorted.slice(cut)]
  const book = learnSpeeds(past)
  return [
    `${past.length} trips learned from, ${coming.length} later ones told:`,
    ...[...measureRoutes(coming, book)].map(([route, of]) => lineOf(route, of)),
    lineOf('all', measureTrips(coming, book)),
    lineOf('all, start values', measureTrips(coming, firstSpeeds)),
  ]
}

function lineOf(name: string, of: EtaMeasures): string {
  const { trips, maeSeconds, mapePercent, cover50, cover90 } = of
  const cover = (share: number): string => `${(100 * share).toFixed(1)} %`
  return `${name}: ${trips} trips, MAE ${maeSeconds.toFixed(1)} s, MAPE ${mapePercent.toFixed(1)} %, below q50 ${cover(cover50)}, below q90 ${cover(cover90)}`
}
