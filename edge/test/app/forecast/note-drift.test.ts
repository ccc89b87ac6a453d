import { expect, it } from 'vitest'
import { stationWorld } from '../../support/station-world.ts'

const day = (n: number, ratio: number) => ({ day: n, ratio, cover: 0.8, quarters: 288 })
const worse = [day(1, 1.2), day(2, 1.1), day(3, 1.3)]
const kinds = (alarms: readonly { readonly kind: string }[]) => alarms.map(({ kind }) => kind)

it('an alarm is told once and kept; the version it is about is out of use until it was better', async () => {
  const { run } = await stationWorld()
  const first = await run('demand.drift', { version: 4, days: worse })
  expect(kinds(first.opened)).toEqual(['naive_better_three_days'])
  const again = await run('demand.drift', { version: 4, days: [...worse, day(4, 0.9)] })
  expect(again.opened).toEqual([])
  expect((await run('demand.facts', {})).fallenBack).toEqual([4])
  const better = Array.from({ length: 7 }, (_, n) => day(4 + n, 0.8))
  await run('demand.drift', { version: 4, days: better })
  expect((await run('demand.facts', {})).fallenBack).toEqual([])
})
