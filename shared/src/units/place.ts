import { assert } from '../faults/assert.ts'

/** A place on the ground (WGS 84), in millionths of a degree. */
export type Place = { readonly latE6: number; readonly lonE6: number }

/** A field of the ground of about a kilometre: all that is ever known of where a driver is. */
export type PlaceCell = `${number}:${number}`

/** A hundredth of a degree: 1.1 km north to south, 0.97 to 1.1 km east to west in India. */
export const cellE6 = 10_000

export function place(latE6: number, lonE6: number): Place {
  assert(
    Number.isInteger(latE6) && Math.abs(latE6) <= 90_000_000,
    'a latitude lies between the poles',
  )
  assert(Number.isInteger(lonE6) && Math.abs(lonE6) <= 180_000_000, 'a longitude is half a turn')
  return { latE6, lonE6 }
}

/** The cell a place lies in; at the pole and at half a turn the last one. */
export function cellOf({ latE6, lonE6 }: Place): PlaceCell {
  const lat = Math.min(cellsNorth - 1, Math.floor(latE6 / cellE6))
  const lon = Math.min(cellsEast - 1, Math.floor(lonE6 / cellE6))
  return `${lat}:${lon}`
}

const cellForm = /^(-?\d{1,4}):(-?\d{1,5})$/
/** Cells from the equator to a pole, and to half a turn. */
const cellsNorth = 9_000
const cellsEast = 18_000

/** The cell of a text `lat:lon`, in whole hundredths of a degree; undefined for one that names none. */
export function placeCell(text: string): PlaceCell | undefined {
  const [, north, east] = cellForm.exec(text) ?? []
  const [lat, lon] = [Number(north), Number(east)]
  const isThere = lat >= -cellsNorth && lat < cellsNorth && lon >= -cellsEast && lon < cellsEast
  return isThere ? `${lat}:${lon}` : undefined
}

/** The middle of a cell. */
export function centreOf(cell: PlaceCell): Place {
  const [lat = 0, lon = 0] = cell.split(':').map((at) => Number(at) * cellE6 + cellE6 / 2)
  return place(lat, lon)
}

const earthMetres = 6_371_008.8

/** Metres along the great circle (haversine; the sphere is off by half a per cent at most). */
export function greatCircleMetres(a: Place, b: Place): number {
  const radians = (e6: number): number => (e6 / 1e6) * (Math.PI / 180)
  const [latA, latB] = [radians(a.latE6), radians(b.latE6)]
  const half = (delta: number): number => Math.sin(delta / 2) ** 2
  const square =
    half(latB - latA) + Math.cos(latA) * Math.cos(latB) * half(radians(b.lonE6 - a.lonE6))
  return Math.round(2 * earthMetres * Math.asin(Math.min(1, Math.sqrt(square))))
}
