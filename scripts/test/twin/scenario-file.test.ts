import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scenarioSchema } from '@baari/shared/contracts/twin/scenario'
import { goalFileSchema } from '../../bench/twin/goal-file.ts'
import { readOptions } from '../../twin/options.ts'
import { pictureOf } from '../../twin/picture.ts'
import { readYaml, wordsOf } from '../../twin/scenario-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'twin-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(text: string) {
  const file = join(folder, 'scenario.yaml')
  writeFileSync(file, text)
  const found = readYaml(file, scenarioSchema)
  return found.ok ? found.value : wordsOf(found.error).replace(`${file}: `, '')
}

describe('scenario files', () => {
  it('a station needs its positions and its load; the rest has the values of the design', () => {
    const scenario = read('name: small\nsteady: { positions: 2, load: 0.7 }\n')
    expect(scenario).toMatchObject({
      seed: 1,
      steady: { bookedShare: 0.5, noShow: 0.1, rule: { streakLimit: 2, streakLimitWhenOld: 1 } },
    })
  })

  it('a wrong value is refused with its path and the reason', () => {
    const of = (line: string) => read(`name: x\n${line}\n`)
    expect(of('steady: { positions: 2, load: 1.2 }')).toMatch(/^steady\.load: /)
    expect(of('steady: { positions: 0, load: 0.7 }')).toMatch(/^steady\.positions: /)
    expect(of('steady: { positions: 2, load: 0.7, speed: 3 }')).toMatch(/^steady: .*speed/)
    expect(
      of('steady: { positions: 2, load: 0.7, shares: { auto: 1, car: 1, lcv: 0, bus: 0 } }'),
    ).toBe('steady.shares: the shares of the classes add up to 1')
    const outage = (more: string) => of(`day: { positions: 4, load: 0.8, outage: { ${more} } }`)
    expect(outage("position: 4, from: '19:30', to: '17:30'")).toBe(
      'day.outage.to: an outage ends after it begins',
    )
    expect(outage("position: 5, from: '17:30', to: '19:30'")).toBe(
      'day.outage.position: the station has no such position',
    )
    expect(outage("position: 4, from: 'noon', to: '19:30'")).toMatch(/^day\.outage\.from: a time/)
  })

  it('a file that is no YAML, is missing, or asks nothing is refused as well', () => {
    expect(read('name: [x\n')).toMatch(/^line \d+: /)
    expect(read('name: x\n')).toBe('a scenario has either steady or day')
    const missing = readYaml(join(folder, 'none.yaml'), scenarioSchema)
    expect(!missing.ok && missing.error.reason).toMatch(/ENOENT/)
  })

  it('the scenarios and the goals of the tree are of their forms', () => {
    const below = (path: string) => new URL(`../../${path}`, import.meta.url).pathname
    for (const name of ['busy-station', 'two-peaks', 'evening-outage']) {
      expect(readYaml(below(`twin/scenarios/${name}.yaml`), scenarioSchema)).toMatchObject({
        ok: true,
      })
    }
    const goals = readYaml(below('bench/twin/goals.yaml'), goalFileSchema)
    if (!goals.ok) return expect.fail(wordsOf(goals.error))
    expect([goals.value.steady.length, goals.value.day.length]).toEqual([12, 7])
    expect(goals.value.replications).toBeGreaterThanOrEqual(80)
    expect(goals.value.days).toBeGreaterThanOrEqual(20)
  })
})

describe('npm run twin', () => {
  it('every change of the usage is understood, and another one is refused by name', () => {
    const asked = ['close-position', 'cap=flat', 'booked-share=0.3', 'rule=3:1', 'staging=off']
    const options = readOptions(['--scenario', 'x', ...asked.flatMap((one) => ['--what', one])])
    expect(options.ok && options.value.changes).toEqual([
      { kind: 'close-position' },
      { kind: 'cap', cap: 'flat' },
      { kind: 'booked-share', bookedShare: 0.3 },
      { kind: 'rule', streakLimit: 3, streakLimitWhenOld: 1 },
      { kind: 'staging', staging: false },
    ])
    for (const wrong of ['cap=none', 'booked-share=2', 'rule=3', 'open-position']) {
      expect(readOptions(['--scenario', 'x', '--what', wrong])).toEqual({
        ok: false,
        error: `--what ${wrong} is none of the changes`,
      })
    }
    expect(readOptions([])).toMatchObject({ ok: false })
  })

  it('a picture has a bar for every figure with a mean, and the name is escaped', () => {
    const estimate = { mean: 4, low: 3, high: 5 }
    const none = { mean: NaN, low: NaN, high: NaN }
    const figures = {
      ...{ allMean: estimate, walkInMean: estimate, walkInP95: estimate },
      ...{ bookedInTen: estimate, walkInOver30: estimate, queue: [0, 3, 1] },
    }
    const svg = pictureOf('A < B', {
      b: { ...figures, bookedP95: none },
      now: { ...figures, bookedP95: estimate },
    })
    expect(svg).toContain('A &lt; B')
    expect(svg.match(/height="12" fill="#9aa5b1"/g)).toHaveLength(4)
    expect(svg.match(/height="12" fill="#1f77b4"/g)).toHaveLength(5)
    expect(svg).not.toContain('NaN')
  })
})
