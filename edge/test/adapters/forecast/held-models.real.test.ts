import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { cpSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash, sign } from 'node:crypto'
import { canonicalJson } from '@baari/shared/domain/forecast/bundle/canonical-json'
import { rollbackToSign } from '@baari/shared/domain/forecast/bundle/model-manifest'
import type { BundleFiles } from '@baari/shared/domain/forecast/bundle/accept-bundle'
import {
  demandTables,
  demandTargets,
  quarterMs,
  usualOf,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { pooledShapes } from '@baari/shared/domain/forecast/serving/pooled-profile'
import { madeDemand } from '@baari/shared/testing/made-demand'
import {
  bundleOf,
  changed,
  gateOf,
  newSigner,
  signed,
  trainSmall,
} from '@baari/shared/testing/signed-bundle'
import { after, hours, instant } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/adapters/forecast/model-engine.ts'
import { modelStore } from '../../../src/adapters/forecast/model-store.ts'
import { acceptModel, forecastWeek } from '../../../src/app/forecast/forecast-work.ts'
import type { ModelOffer, OpenEngine } from '../../../src/ports/models.ts'

const station = 7
const counts = madeDemand(60)
const trainedOn = counts.slice(0, 46 * 96)
const signer = newSigner()
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const { keyOf, verify } = gateOf(signer)
const now = instant(counts.at(-1)!.start + quarterMs)
const by = { station, now, keyOf, verify }

function trained() {
  const usual = usualOf(trainedOn)
  const from = instant(trainedOn.at(-1)!.start + quarterMs)
  const files = demandTables([{ station, counts: trainedOn, usual }], from)
  const made = trainSmall({ ...files, stepMs: quarterMs })
  const each = demandTargets.map((target) => usual[target])
  const profile = pooledShapes(made.prepared.laid.grids, [{ usual }])
  return bundleOf(made, { usual: each, profile, version: 1, notAfter: after(now, hours(24 * 60)) })
}

let first: ReturnType<typeof trained>
let root = ''
let folder = ''
beforeAll(() => {
  first = trained()
  root = mkdtempSync(join(tmpdir(), 'baari-models-'))
})
beforeEach(() => {
  folder = mkdtempSync(join(root, 'station-'))
})
afterAll(() => rmSync(root, { recursive: true }))

const deps = (engine: OpenEngine = openEngine) => ({
  store: modelStore(folder),
  openEngine: engine,
  hash,
  program: 'this one',
})
const version = (no: number) => changed(first, { manifest: { version: no } })
const offer = (files: BundleFiles, rollback?: ModelOffer['rollback']): ModelOffer => ({
  files,
  rollback,
})
const take = (no: number) => acceptModel(offer(signed(version(no), signer)), by, deps())
const week = () => forecastWeek({ station, now, counts, fallenBack: [] }, deps())

describe('a station and its models', () => {
  it('a bundle is accepted by the real runtime, serves the week, and covers what comes', async () => {
    expect(await take(1)).toEqual({ ok: true, value: 1 })
    const { forecast, engine, refused } = await week()
    expect(engine).toBe('onnx')
    expect(refused).toEqual([])
    expect(forecast).toMatchObject({ basis: 'model', version: 1, calibrated: true })
    for (const target of demandTargets) {
      const { quarters, mae, naiveMae, cover } = forecast!.came[target]
      expect(forecast!.quarters[target]).toHaveLength(672)
      expect(quarters).toBeGreaterThan(1_000)
      expect(mae).toBeLessThan(naiveMae)
      expect(cover).toBeGreaterThan(0.74)
      expect(cover).toBeLessThan(0.92)
    }
  })

  it('without the binding our own evaluation forecasts the same within the tolerance', async () => {
    await take(1)
    const trees: OpenEngine = async (_, readTrees) => {
      const { runTrees } = await import('@baari/shared/domain/forecast/serving/run-trees')
      return {
        kind: 'trees',
        run: (table) => Promise.resolve(runTrees(readTrees()!, table)),
      }
    }
    const own = await forecastWeek({ station, now, counts, fallenBack: [] }, deps(trees))
    const other = await week()
    expect(own.engine).toBe('trees')
    for (const target of demandTargets) {
      own.forecast!.quarters[target].forEach(({ q50 }, n) => {
        const theirs = other.forecast!.quarters[target][n]!.q50
        expect(Math.abs(theirs - q50)).toBeLessThanOrEqual(0.05 + 1e-3 * q50)
      })
    }
  })

  it('a week is kept: the next asks the model little and says the same to the bit, until a new model comes', async () => {
    await take(1)
    const asked: number[] = []
    const counting: OpenEngine = async (...model) => {
      const engine = await openEngine(...model)
      return {
        get kind() {
          return engine.kind
        },
        run: (table) => {
          asked.push(table.rows)
          return engine.run(table)
        },
      }
    }
    const at = (back: number, program: string | undefined) => {
      const own = counts.slice(0, counts.length - back)
      const then = instant(own.at(-1)!.start + quarterMs)
      const past = { station, now: then, counts: own, fallenBack: [] }
      return forecastWeek(past, { ...deps(counting), program })
    }
    const first = await at(2, 'one')
    const second = await at(1, 'one')
    expect([first.engine, second.engine]).toEqual(['onnx', 'packed'])
    expect(second.forecast).toEqual((await at(1, undefined)).forecast)
    expect(first).toEqual(await at(2, 'another'))
    expect((await at(0, 'another')).forecast).toEqual((await at(0, undefined)).forecast)
    expect(asked.map((rows) => rows > 1_000)).toEqual([true, false, true, true, false, true])
    const kept = join(folder, 'kept-week.bin')
    expect(readFileSync(kept).length).toBeLessThan(1_200_000)
    truncateSync(kept, 50_000)
    expect(await at(0, 'another')).toEqual(await at(0, undefined))
    truncateSync(join(folder, 'model-1', 'trees.bin'), 50_000)
    const without = await at(1, 'another')
    expect(without.engine).toBe('onnx')
    expect(without.forecast).toEqual(second.forecast)
    await take(2)
    expect(modelStore(folder).kept()).toBeUndefined()
  })

  it('a refused bundle changes nothing: the last good one goes on', async () => {
    await take(2)
    const files = signed(version(3), signer)
    const flipped = files.model.slice()
    flipped[1_000] = flipped[1_000]! ^ 1
    const answers = [
      await acceptModel(offer({ ...files, model: flipped }), by, deps()),
      await acceptModel(offer(signed(version(3), newSigner())), by, deps()),
      await take(2),
    ]
    expect(answers.map((one) => (one.ok ? 'taken' : one.error.code))).toEqual([
      'model_file_altered',
      'model_signature_wrong',
      'model_version_old',
    ])
    expect((await week()).forecast).toMatchObject({ basis: 'model', version: 2 })
  })

  it('an older model comes back by a signed order, and by that order only once', async () => {
    await take(4)
    await take(5)
    const text = canonicalJson({ station, from: 5, to: 4, issuedAtMs: 1, keyId: 3 })
    const order = new TextEncoder().encode(text)
    const rollback = {
      order,
      signature: new Uint8Array(sign(null, rollbackToSign(text), signer.key)),
    }
    const files = signed(version(4), signer)
    const forged = { order, signature: new Uint8Array(64) }
    expect(await acceptModel(offer(files, forged), by, deps())).toMatchObject({
      error: { code: 'model_version_old' },
    })
    expect(await acceptModel(offer(files, rollback), by, deps())).toEqual({ ok: true, value: 4 })
    await take(6)
    expect(await acceptModel(offer(files, rollback), by, deps())).toMatchObject({
      error: { code: 'model_version_old' },
    })
    expect((await week()).forecast).toMatchObject({ version: 6 })
  })

  it('a file that a power cut has truncated is refused, and the bundle before it serves', async () => {
    await take(1)
    await take(2)
    truncateSync(join(folder, 'model-2', 'model.onnx'), 5_000)
    const { forecast, refused } = await week()
    expect(forecast).toMatchObject({ basis: 'model', version: 1 })
    expect(refused.map(({ code }) => code)).toEqual(['model_file_altered'])
    // The damaged version can be brought again; what comes after it can too.
    expect(await take(3)).toMatchObject({ ok: true })
    expect((await week()).forecast).toMatchObject({ version: 3 })
  })

  it('both damaged, it is seasonal naive, and says so', async () => {
    await take(1)
    await take(2)
    for (const no of [1, 2]) writeFileSync(join(folder, `model-${no}`, 'manifest.json'), '{')
    const { forecast, engine, refused } = await week()
    expect(forecast).toMatchObject({ basis: 'seasonal-naive', version: null })
    expect(engine).toBeNull()
    expect(refused).toHaveLength(2)
  })

  it('a power cut at any step of the switch leaves a bundle that serves', async () => {
    await take(1)
    const before = join(root, 'before')
    cpSync(folder, before, { recursive: true })
    await take(2)
    const whole = readFileSync(join(folder, 'in-use.json'))
    // Cut while the new folder is written, after its rename, and while the small file is written.
    const cuts: readonly ((at: string) => void)[] = [
      (at) => mkdirSync(join(at, 'model-2.new')),
      (at) => cpSync(join(folder, 'model-2'), join(at, 'model-2'), { recursive: true }),
      (at) => writeFileSync(join(at, 'in-use.json.new'), whole.subarray(0, 20)),
    ]
    for (const [n, cut] of cuts.entries()) {
      const at = join(root, `cut-${n}`)
      cpSync(before, at, { recursive: true })
      cut(at)
      const store = modelStore(at)
      const own = { store, openEngine, hash, program: undefined }
      expect(
        (await forecastWeek({ station, now, counts, fallenBack: [] }, own)).forecast,
      ).toMatchObject({
        version: 1,
      })
      const answer = await acceptModel(offer(signed(version(2), signer)), by, own)
      expect(answer).toEqual({ ok: true, value: 2 })
      expect(readdirSync(at).toSorted()).toEqual(['in-use.json', 'model-1', 'model-2'])
    }
  })

  it('a version that was worse for days is judged and does not serve', async () => {
    await take(1)
    const asked = { station, now, counts, fallenBack: [1] }
    const { forecast, judged } = await forecastWeek(asked, deps())
    expect(judged).toBe(1)
    expect(forecast).toMatchObject({ basis: 'seasonal-naive', version: null })
    expect(forecast?.days.length).toBeGreaterThan(10)
    expect(forecast?.days.every(({ ratio }) => ratio > 0 && ratio < 1)).toBe(true)
  })

  it('a new station starts with the profile of the others, until it has beaten it', async () => {
    await take(1)
    const of = async (own: typeof counts) =>
      (await forecastWeek({ station: 99, now, counts: own, fallenBack: [] }, deps())).forecast
    const empty = await of([])
    expect(empty).toMatchObject({ basis: 'pooled-profile', calibrated: false, version: null })
    const byDay = (forecast: typeof empty) =>
      forecast!.quarters.arrivals.slice(0, 96).reduce((sum, { mean }) => sum + mean, 0)
    const came = counts.slice(-672, -576).reduce((sum, { arrivals }) => sum + arrivals, 0)
    expect(byDay(empty) / came).toBeGreaterThan(0.8)
    expect(byDay(empty) / came).toBeLessThan(1.25)
    expect((await of(counts.slice(-10 * 96)))?.basis).toBe('pooled-profile')
    expect((await of(counts.slice(-50 * 96)))?.basis).toBe('model')
    // Each day eight hours later than the one before: yesterday misleads, and so does last week.
    const recent = counts.slice(-50 * 96)
    const anyTime = recent.map(({ start }, n) => {
      const later = 32 * (Math.floor(n / 96) % 3)
      return { ...recent[(n + later) % recent.length]!, start }
    })
    expect((await of(anyTime))?.basis).toBe('pooled-profile')
    expect((await week()).forecast?.basis).toBe('model')
  })
})
