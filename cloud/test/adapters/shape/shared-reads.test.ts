import { expect, it } from 'vitest'
import { sharedReads } from '../../../src/adapters/shape/shared-reads.ts'
import type { ServedShape } from '../../../src/adapters/shape/served-shape.ts'
import type { ShapeDefinition } from '../../../src/adapters/shape/shape-definition.ts'

function shape(handle: string, stationColumn: string | null): ServedShape {
  const definition: ShapeDefinition = {
    schema: 'public',
    table: 'key_set',
    columns: ['version'],
    where: null,
    params: [],
    replica: 'full',
    log: 'full',
  }
  const table = { rel: 7, key: ['version'], columns: [] }
  return { handle, gated: { definition, part: 0, stationColumn }, table, baseSeq: 0, chunks: 1 }
}

function readsUnderTest() {
  const turns: (() => void)[] = []
  const asked: string[] = []
  const read = sharedReads(
    ({ handle }, { from }) => {
      asked.push(`${handle} ${from}`)
      return Promise.resolve({ kind: 'gone' })
    },
    (call) => turns.push(call),
  )
  const endTurn = async (): Promise<void> => {
    for (const call of turns.splice(0)) call()
    await Promise.resolve()
  }
  return { asked, endTurn, read }
}

it('two thousand that were woken at one place read once', async () => {
  const t = readsUnderTest()
  const all = Array.from({ length: 2_000 }, () =>
    t.read(shape('a', null), { from: 5, chunkBytes: 1_000 }),
  )
  await t.endTurn()
  expect(new Set(await Promise.all(all))).toEqual(new Set([{ kind: 'gone' }]))
  expect(t.asked).toEqual(['a 5'])
})

it('another shape or place is another read, and one that has begun is nobody else’s', async () => {
  const t = readsUnderTest()
  void t.read(shape('a', null), { from: 5, chunkBytes: 1_000 })
  void t.read(shape('a', null), { from: 6, chunkBytes: 1_000 })
  void t.read(shape('b', null), { from: 5, chunkBytes: 1_000 })
  await t.endTurn()
  void t.read(shape('a', null), { from: 5, chunkBytes: 1_000 })
  await t.endTurn()
  expect(t.asked).toEqual(['a 5', 'a 6', 'b 5', 'a 5'])
})

it('a station’s own rows are read at once', () => {
  const t = readsUnderTest()
  void t.read(shape('a', 'station_no'), { from: 5, chunkBytes: 1_000 })
  expect(t.asked).toEqual(['a 5'])
})
