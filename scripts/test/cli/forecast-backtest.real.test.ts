import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { demandSet, type DemandSet } from '../../bench/forecast/demand-set.ts'
import { scoreForecast } from '../../bench/forecast/score-forecast.ts'
import { servedFigures } from '../../bench/forecast/served-figures.ts'
import { backtest } from '../../cli/forecast/backtest.ts'

const root = join(import.meta.dirname, '../../..')
const hourMs = 3_600_000
let folder = ''
let set: DemandSet

/** Two sites, an event that doubles one of them, holes and a covariate with gaps. */
function sites(): DemandSet {
  const chance = seededChance(11)
  const rows = ['Ice Arena, Dundee', 'Depot'].flatMap((series, site) =>
    Array.from({ length: 24 * 50 }, (_, hour) => {
      const fair = Math.floor(hour / 24) % 13 === 5
      const shape = 12 + 10 * Math.sin((2 * Math.PI * (hour % 24)) / 24) + 4 * site
      const value = Math.round(shape * (fair ? 2 : 1) + 4 * chance())
      const missing = chance() < 0.02
      return {
        series: series.includes(',') ? `"${series}"` : series,
        atMs: Date.UTC(2025, 0, 6) + hour * hourMs,
        value: missing ? Number.NaN : value,
        covariates: [fair ? 'fair' : '', chance() < 0.1 ? '' : String(hour % 9)],
      }
    }),
  )
  return demandSet({ name: 'sites', covariates: ['event', 'wind'], rows, bars: {} })
}

function put(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function run(more: readonly string[], files = { history: 'history.csv' }) {
  const at = (name: string): string => join(folder, name)
  const given = ['--history', at(files.history), '--future', at('future.csv')]
  const args = ['forecast', 'backtest', ...given, ...more]
  const ran = spawnSync('node', ['scripts/cli/baari.mjs', ...args], { cwd: root, encoding: 'utf8' })
  return { code: ran.status, said: ran.stderr }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-forecast-'))
  set = sites()
  put('history.csv', set.history)
  put('future.csv', set.future)
  put('actuals.csv', set.actuals)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A bound against hanging: a run trains some thirty models. */
const withinMs = 900_000

describe('baari forecast backtest', { timeout: withinMs }, () => {
  it('forecasts every row in order, writes manifest and model, and the same bytes again', () => {
    const out = join(folder, 'forecast.csv')
    const model = join(folder, 'model.onnx')
    const args = ['--out', out, '--actuals', join(folder, 'actuals.csv'), '--model-out', model]
    expect(run([...args, '--seed', '7'])).toMatchObject({ code: 0 })
    const forecast = readFileSync(out, 'utf8')
    const keys = (text: string): readonly string[] =>
      text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.slice(0, line.indexOf('Z') + 1))
    expect(keys(forecast)).toEqual(keys(set.future))
    const score = scoreForecast({ ...set, values: unquoted(set.values) }, forecast)
    expect(score.wrong).toBe(0)
    expect(score.mae).toBeLessThan(score.naiveMae)
    const manifest = JSON.parse(readFileSync(`${out}.manifest.json`, 'utf8')) as Record<
      string,
      unknown
    >
    const sha = createHash('sha256').update(readFileSync(model)).digest('hex')
    expect(manifest).toMatchObject({
      dayAheadRuleHonoured: true,
      leadHours: 24,
      actualsUsed: true,
      stepMinutes: 60,
      series: 2,
      seed: 7,
      modelSha256: sha,
    })
    const again = join(folder, 'again.csv')
    const second = join(folder, 'again.onnx')
    const repeat = ['--out', again, '--actuals', join(folder, 'actuals.csv')]
    expect(run([...repeat, '--model-out', second, '--seed', '7'])).toMatchObject({ code: 0 })
    expect(readFileSync(again, 'utf8')).toBe(forecast)
    expect(readFileSync(second).equals(readFileSync(model))).toBe(true)
  })

  it('actuals from a time on change no forecast of the day that follows', async () => {
    const input = {
      history: { name: 'history.csv', text: set.history },
      future: { name: 'future.csv', text: set.future },
      seed: 1,
      seconds: () => 0,
    }
    const lines = set.actuals.trim().split('\n')
    const from = lines[90]?.split('Z')[0]?.slice(-23) ?? ''
    const altered = lines.map((line) => {
      const ts = line.split('Z')[0]?.slice(-23) ?? ''
      return ts >= from && ts.startsWith('2') ? line.replace(/,[0-9.]+$/, ',999') : line
    })
    const forecastOf = async (text: string): Promise<readonly string[]> => {
      const answer = await backtest({ ...input, actuals: { name: 'actuals.csv', text } })
      return answer.forecastCsv.trim().split('\n').slice(1)
    }
    const before = await forecastOf(set.actuals)
    const after = await forecastOf(`${altered.join('\n')}\n`)
    const limit = Date.parse(`${from}Z`) + 24 * hourMs
    const changed = before.filter((line, row) => line !== after[row])
    expect(changed.length).toBeGreaterThan(0)
    for (const line of changed) {
      expect(Date.parse(/\d{4}-[^,]*Z/.exec(line)?.[0] ?? '')).toBeGreaterThanOrEqual(limit)
    }
  })

  it('the ONNX model answers what our own evaluation does, on every row', async () => {
    const answer = await backtest({
      history: { name: 'history.csv', text: set.history },
      future: { name: 'future.csv', text: set.future },
      seed: 1,
      seconds: () => 0,
    })
    const figures = await servedFigures(answer, () => undefined)
    expect(figures['parity_values']).toBeGreaterThan(0)
    expect(figures['parity_wrong_rows']).toBe(0)
    expect(figures['model_bytes']).toBeLessThan(5_000_000)
  })

  it('a malformed history ends with 2 and names file, line and column', () => {
    put('bad.csv', 'series,ts,value,event,wind\ns,2025-01-06T00:00Z,many,,1\n')
    const { code, said } = run(['--out', join(folder, 'none.csv')], { history: 'bad.csv' })
    expect(code).toBe(2)
    expect(said).toMatch(/bad\.csv, line 2, column 3: "many" is no number/)
  })

  it('a file that is not there ends with 2', () => {
    const { code, said } = run(['--out', join(folder, 'none.csv')], { history: 'absent.csv' })
    expect(code).toBe(2)
    expect(said).toContain('absent.csv')
  })
})

/** Series are quoted in the files of the test and read without their quotes. */
function unquoted(values: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...values].map(([key, value]) => [key.replaceAll('"', ''), value]))
}

describe('baari forecast plot', { timeout: withinMs }, () => {
  it('writes the pictures of each series and of the features as well-formed SVG', () => {
    const out = join(folder, 'pictures')
    const files = ['history', 'future', 'actuals'].flatMap((name) => [
      `--${name}`,
      join(folder, `${name}.csv`),
    ])
    const args = ['scripts/cli/baari.mjs', 'forecast', 'plot', ...files, '--out', out]
    expect(spawnSync('node', args, { cwd: root, encoding: 'utf8' })).toMatchObject({ status: 0 })
    const names = ['accuracy-1.svg', 'accuracy-2.svg', 'band-1.svg', 'band-2.svg', 'effects.svg']
    expect(readdirSync(out).toSorted()).toEqual(names)
    for (const name of names) {
      const svg = readFileSync(join(out, name), 'utf8')
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^>]*>\n[^]*<\/svg>\n$/)
      expect(svg, name).not.toMatch(/NaN|undefined|Infinity/)
    }
    expect(readFileSync(join(out, 'band-1.svg'), 'utf8')).toContain('Ice Arena, Dundee')
  })
})
