import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseStationFile } from '../../../src/adapters/station-file/parse-station-file.ts'
import { settingsOfPlan } from '../../../src/app/station/settings-of-plan.ts'
import type { StationSettings } from '../../../src/ports/station-settings.ts'

const files = join(import.meta.dirname, '../../adapters/station-file/valid')

function settings(name: string): StationSettings {
  const parsed = parseStationFile(readFileSync(join(files, name), 'utf8'))
  if (!parsed.ok) throw new Error('the vector is valid')
  return settingsOfPlan(parsed.value)
}

it('positions come with the nozzle types that reach them', () => {
  expect(
    settings('simulated-station.yaml').positions.map(({ no, nozzles }) => [no, nozzles]),
  ).toEqual([
    [1, ['ngv1']],
    [2, ['ngv1']],
    [3, ['ngv1']],
    [4, ['ngv2']],
  ])
})

it('a lane keeps its classes, and without rules the product`s own apply', () => {
  const { lanes, earlyGraceMs, limits, serves, payAtPump } = settings('mother-station.yaml')
  expect(lanes[0]).toEqual({ no: 1, name: 'Autos', direction: 'entry', accepts: ['auto'] })
  expect(earlyGraceMs).toBe(20 * 60_000)
  expect(limits).toMatchObject({ fillsPerDay: { auto: 2, car: 2 }, coolDownMs: 7_200_000 })
  expect(serves).toEqual([42])
  expect(payAtPump).toBe(true)
})
