import { greatCircleMetres, place, type Place } from '@baari/shared/units/place'

type Query = Readonly<Record<string, string | undefined>>
type Answer = { readonly status: 200 | 400; readonly body: object }

/** Roads of the sandbox: so much longer than the great circle, at this speed. */
const roads = { detour: 1.4, metresPerSecond: 7 } as const
/** No road leads farther than this, as to an island. */
const farthestMetres = 300_000
const spotsMost = 100

/**
 * OSRM's table service: places as `lon,lat` parted by semicolons, `sources` and `destinations` by
 * index, all where nothing is said; seconds and metres a row for each source, null without a way.
 */
export function roadTable(spots: string, query: Query): Answer {
  const places = spots.split(';').map(placeOf)
  if (places.length > spotsMost) return refused('TooBig', 'Too many table coordinates')
  const known = places.filter((one) => one !== undefined)
  if (known.length < places.length) return refused('InvalidQuery', 'Coordinates are invalid')
  const from = pick(known, query['sources'])
  const to = pick(known, query['destinations'])
  if (from === undefined || to === undefined) return refused('InvalidOptions', 'Index out of range')
  const distances = from.map((a) => to.map((b) => roadMetres(a, b)))
  const durations = distances.map((row) =>
    row.map((metres) => metres && Math.round((metres / roads.metresPerSecond) * 10) / 10),
  )
  const asked = (query['annotations'] ?? 'duration').split(',')
  const waypoint = (one: Place) => ({ location: [one.lonE6 / 1e6, one.latE6 / 1e6], name: '' })
  return {
    status: 200,
    body: {
      code: 'Ok',
      ...(asked.includes('duration') && { durations }),
      ...(asked.includes('distance') && { distances }),
      ...{ sources: from.map(waypoint), destinations: to.map(waypoint) },
    },
  }
}

function placeOf(text: string): Place | undefined {
  const [lon, lat, ...more] = text.split(',').map(Number)
  if (lon === undefined || lat === undefined || more.length > 0) return undefined
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90
    ? place(Math.round(lat * 1e6), Math.round(lon * 1e6))
    : undefined
}

function pick(places: readonly Place[], which: string | undefined): readonly Place[] | undefined {
  if (which === undefined || which === 'all') return places
  const picked = which.split(';').map((index) => places[Number(index)])
  const known = picked.filter((one) => one !== undefined)
  return known.length === picked.length ? known : undefined
}

function roadMetres(a: Place, b: Place): number | null {
  const metres = greatCircleMetres(a, b)
  return metres > farthestMetres ? null : Math.round(metres * roads.detour)
}

function refused(code: string, message: string): Answer {
  return { status: 400, body: { code, message } }
}
