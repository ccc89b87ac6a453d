import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeProbe, type ProbeMark } from '../../../src/adapters/shape/change-probe.ts'
import { idCounter } from '../../support/shape-client.ts'
import { shapeDatabase } from '../../support/shape-world.ts'
import { addBooking } from '../../support/sync-world.ts'

let db: Awaited<ReturnType<typeof shapeDatabase>>
let rel = 0
const newId = idCounter()

beforeAll(async () => {
  db = await shapeDatabase()
  const { rows } = await db.pool.query<{ rel: number }>(
    `SELECT 'booking'::regclass::oid::int AS rel,
       shape_attach('booking'::regclass, 'station_no', ARRAY['id'])`,
  )
  rel = rows[0]?.rel ?? 0
})
afterAll(() => db.drop())

const look = (since: ProbeMark | undefined, parts: readonly number[] = []) =>
  changeProbe(db.pool).look({ since, places: parts.map((part) => ({ part, rel })) })

async function partsSince(mark: ProbeMark): Promise<readonly number[]> {
  return (await look(mark)).changed.map(({ part }) => part)
}

it('the first look tells of the places asked for only, in their order', async () => {
  await addBooking(db.pool, { id: newId(), stationNo: 42 })
  const { numbers, changed } = await look(undefined, [43, 42])
  expect(changed).toEqual([])
  expect(numbers[0]).toEqual({ seq: 0, control: 0 })
  expect(numbers[1]?.seq).toBeGreaterThan(0)
})

it('a later look tells what was committed since, and nothing when nothing was', async () => {
  const { mark } = await look(undefined)
  expect(await partsSince(mark)).toEqual([])
  await addBooking(db.pool, { id: newId(), stationNo: 43 })
  expect(await partsSince(mark)).toEqual([43])
})

it('what was under way at a look is told by the look after its commit, however many came between', async () => {
  const writer = await db.pool.connect()
  try {
    await writer.query('BEGIN')
    await writer.query("UPDATE booking SET plate = 'X' WHERE station_no = 42")
    let { mark } = await look(undefined)
    for (let n = 0; n < 5; n += 1) {
      await addBooking(db.pool, { id: newId(), stationNo: 43 })
      mark = (await look(mark)).mark
    }
    await writer.query('COMMIT')
    expect(await partsSince(mark)).toContain(42)
  } finally {
    writer.release()
  }
})

it('a word about the whole table is a change of part -1 and the control of every place', async () => {
  const { mark } = await look(undefined)
  await db.pool.query('SELECT shape_wake($1)', [rel])
  expect(await partsSince(mark)).toEqual([-1])
  expect((await look(undefined, [43])).numbers[0]?.control).toBeGreaterThan(0)
})
