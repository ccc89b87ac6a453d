import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import {
  parseStationFile,
  problemText,
} from '../../../src/adapters/station-file/parse-station-file.ts'
import type { StationPlan } from '../../../src/ports/station-plan.ts'

const here = import.meta.dirname
const textOf = (name: string): string => readFileSync(join(here, name), 'utf8')

function planOf(name: string): StationPlan {
  const parsed = parseStationFile(textOf(join('valid', name)))
  if (!parsed.ok) throw new Error(parsed.error.map(problemText).join('\n'))
  return parsed.value
}

describe('valid station files', () => {
  it.each(readdirSync(join(here, 'valid')))('%s becomes a plan', (name) => {
    expect(planOf(name).dispensers.length).toBeGreaterThan(0)
  })

  it('the design page`s example keeps addresses, totals and trips', () => {
    const plan = planOf('mother-station.yaml')
    expect(plan.station).toMatchObject({ no: 42, id: 'IN-GJ-0042', control: true })
    expect(plan.dispensers[0]).toMatchObject({ address: 0x50, mode: 'control' })
    // Ten digits of ten grams: the counter rolls over at 10^11 g.
    expect(plan.dispensers[0]?.nozzles[0]?.total).toEqual({
      type: 'bcd',
      unitGrams: 10,
      widthGrams: 100_000_000_000,
    })
    expect(plan.dispensers[1]?.modbus?.check).toEqual({ register: 249, min: 50, max: 300 })
    expect(plan.buses.map((bus) => bus.link.kind)).toEqual(['serial', 'serial', 'tcp'])
    expect(plan.sensors[1]?.trip).toEqual({ warn: 20, stop: 40 })
    expect(plan.safety).toEqual({
      esd: { kind: 'gpio', line: 17, active: 'open' },
      onStale: 'stop',
      bank: null,
      hose: null,
    })
  })

  it('positions are numbered in file order and lanes follow the devices', () => {
    const plan = planOf('simulated-station.yaml')
    expect(plan.dispensers.flatMap((d) => d.nozzles.map((n) => n.position))).toEqual([1, 2, 3, 4])
    expect(plan.lanes.map((lane) => lane.no)).toEqual([1, 2])
    expect(plan.dispensers[3]?.nozzles[0]?.profile).toBe('ngv2')
  })

  it('dispensers behind a controller, a head on its own line and a gauge keep what is said of them', () => {
    const plan = planOf('controllers-and-gauges.yaml')
    expect(plan.controllers).toEqual([
      {
        id: 'pc1',
        over: 'websocket',
        host: '10.0.0.30',
        port: 80,
        login: 'forecourt',
        certificate: null,
      },
    ])
    expect(plan.buses.map(({ id }) => id)).toEqual(['rs1', 'tg1'])
    expect(plan.dispensers.map(({ driver, bus, mode }) => [driver, bus, mode])).toEqual([
      ['pts2', 'pc1', 'control'],
      ['pts2', 'pc1', 'listen'],
      ['neogi', 'rs1', 'control'],
    ])
    expect(plan.dispensers.map(({ preset }) => preset)).toEqual(['amount', null, null])
    expect(plan.dispensers[1]?.nozzles[0]?.n).toBe(2)
    expect(plan.sensors[1]?.source).toEqual({
      kind: 'tls350',
      bus: 'tg1',
      tank: 2,
      measures: 'metric',
    })
  })

  it('without the station`s master switch a control device is only polled', () => {
    const plan = planOf('master-switch-off.yaml')
    expect(plan.dispensers[0]?.mode).toBe('poll')
    expect(plan.dispensers[0]?.nozzles.map((n) => n.position)).toEqual([7, 8])
  })
})

type Vector = {
  readonly name: string
  readonly says: string
  readonly set?: readonly [string, unknown]
  readonly text?: string
}
type Vectors = { base: string; cases: Vector[] }
const vectors = parse(textOf('invalid/vectors.yaml')) as Vectors
const headVectors = parse(textOf('invalid/head-vectors.yaml')) as Vectors

function changed(base: string, [path, value]: readonly [string, unknown]): string {
  const root = parse(textOf(join('invalid', base))) as Record<string, unknown>
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  const place = steps.reduce((at, step) => at[step] as Record<string, unknown>, root)
  if (value === 'undefined') delete place[last]
  else place[last] = value
  return stringify(root)
}

describe('L02: a wrong station file is refused whole, with path and reason', () => {
  const all = [vectors, headVectors].flatMap(({ base, cases }) =>
    cases.map((one) => ({ ...one, base })),
  )
  it.each(all)('$name', ({ base, set, text, says }) => {
    const parsed = parseStationFile(set ? changed(base, set) : (text ?? ''))
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) expect(parsed.error.map(problemText).join('\n')).toContain(says)
  })

  it('a small file of aliases that would grow without bound is refused', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1]']
    for (let i = 0; i < 9; i += 1) {
      const from = String.fromCharCode(97 + i)
      const to = String.fromCharCode(98 + i)
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(',')}]`)
    }
    expect(parseStationFile(bomb.join('\n')).ok).toBe(false)
  })

  it('a file beyond the length bound is refused before it is parsed', () => {
    const parsed = parseStationFile('#'.repeat(262_145))
    expect(parsed.ok ? [] : parsed.error).toEqual([{ path: '', reason: 'is too long' }])
  })
})
