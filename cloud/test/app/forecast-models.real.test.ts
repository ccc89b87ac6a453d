import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto'
import {
  readGolden,
  readManifest,
  readRollback,
} from '@baari/shared/contracts/forecast/model-bundle'
import {
  forecastReport,
  modelCards,
  modelOffer,
  training,
} from '@baari/shared/contracts/http/forecast-api'
import { inspectBundle, type BundleGate } from '@baari/shared/domain/forecast/bundle/accept-bundle'
import { rollbackToSign } from '@baari/shared/domain/forecast/bundle/model-manifest'
import { fitterOf, type FitJob, type Fitted } from '@baari/shared/domain/forecast/pool/fit-job'
import { withTrees } from '@baari/shared/domain/forecast/pool/learners'
import { trainChallenger } from '@baari/shared/domain/forecast/learning/train-challenger'
import type { StationHistory } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import { quarterMs } from '@baari/shared/domain/forecast/serving/station-demand'
import { firstQuarter, madeDemand } from '@baari/shared/testing/made-demand'
import { before, hours, instant, type Instant } from '@baari/shared/units/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scoreStation } from '@baari/shared/domain/forecast/learning/score-station'
import { inputsNow } from '@baari/shared/domain/forecast/learning/watched-inputs'
import { istDay } from '@baari/shared/units/ist-calendar'
import { eventDaysOf } from '../../src/adapters/postgres/event-days.ts'
import { forecastWatchOf } from '../../src/adapters/postgres/forecast-watch.ts'
import { measureModel } from '../../src/adapters/onnx/measure-model.ts'
import { unmetRequestsOf } from '../../src/adapters/postgres/unmet-requests.ts'
import { judgeMeasured } from '../../src/app/forecast/judge-measured.ts'
import { forecastModelsOf } from '../../src/adapters/postgres/forecast-models.ts'
import { trainingsOf } from '../../src/adapters/postgres/trainings.ts'
import { randomIds } from '../../src/adapters/system/random-ids.ts'
import { openKeys, type CloudKeys } from '../../src/compose/keys.ts'
import { composeCloud, type Cloud } from '../../src/compose.ts'
import { hashPassword } from '../../src/adapters/keys/argon2-passwords.ts'
import { offerModel } from '../../src/app/forecast/offer-model.ts'
import { promoteModels, rollBack, runnableOf } from '../../src/app/forecast/promote-models.ts'
import { watchForecasts } from '../../src/app/forecast/watch-forecasts.ts'
import type { Score, ToldAlarm } from '../../src/ports/forecast-watch.ts'
import { runTrainings, type Train } from '../../src/app/forecast/run-trainings.ts'
import { ask, cloudWorld, demoStationNo, type CloudWorld } from '../support/cloud-world.ts'

const days = 80
const end = instant(firstQuarter + days * 96 * quarterMs)
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let world: CloudWorld
let cloud: Cloud
let keys: CloudKeys
let now: Instant = end
const clock = { now: () => now }

/** The vehicles and sales of eighty days, as the ops of the station would have left them. */
async function tellDemand(): Promise<void> {
  const rows = madeDemand(days).flatMap(({ start, walkIns, arrivals, delivered }) => {
    const each = (kind: string, vehicleClass: string, count: number) =>
      Array.from({ length: count }, (_, n) => ({ kind, vehicleClass, at: start + n * 1_000 }))
    const booked = arrivals - walkIns.auto - walkIns.car
    const came = [
      ...each('walk-in', 'auto', walkIns.auto),
      ...each('walk-in', 'car', walkIns.car),
      ...each('booked', 'car', booked),
    ]
    return came.map((one) => ({ ...one, grams: Math.floor(delivered / came.length) }))
  })
  await world.pool.query(
    `INSERT INTO walk_in_ticket (ticket_id, station_no, kind, vehicle_class, nozzles, arrived_at_ms)
     SELECT gen_random_uuid(), $1, kind, vehicle_class, 'ngv1', at
     FROM unnest($2::text[], $3::text[], $4::bigint[]) AS t (kind, vehicle_class, at)`,
    [
      demoStationNo,
      rows.map(({ kind }) => kind),
      rows.map(({ vehicleClass }) => vehicleClass),
      rows.map(({ at }) => at),
    ],
  )
}

/** Trains in this thread, with few trees: what is asked is the way of a model. */
const trainHere: Train = async (asked, told) => {
  let fit: ((job: FitJob) => Fitted) | undefined
  const running = trainChallenger(
    {
      ...{ stations: asked.stations, now: asked.now, champion: undefined, seed: 1 },
      facts: {
        ...{ modelId: asked.id, version: 1, stationScope: [], dataOrigin: 'recorded', keyId: 0 },
        ...{ notAfter: asked.now, hash },
      },
    },
    (set) => (fit = fitterOf(set)),
  )
  let step = running.next()
  while (step.done !== true) {
    told(1, 27)
    step = running.next(step.value.flatMap((job) => fit?.(fewer(job)) ?? []))
  }
  if (!step.value.ok) return step.value
  return judgeMeasured(step.value.value, { measure: measureModel, readGolden, seed: 1 })
}

function fewer(job: FitJob): FitJob {
  const { learner } = job
  if (learner.kind === 'boost') return withTrees(job, 200)
  return { ...job, learner: { ...learner, spec: { ...learner.spec, trees: 20 } } }
}

const models = () => forecastModelsOf(world.pool, unmetRequestsOf(world.pool, clock))
const serving = () => ({ models: models(), signer: keys.signer, clock })

function gate(current: number, more: Partial<BundleGate> = {}): BundleGate {
  return {
    ...{
      station: demoStationNo,
      now,
      current,
      rollback: undefined,
      hash,
      readManifest,
      readGolden,
    },
    keyOf: (keyId) => publicKeys.get(keyId),
    verify: isSigned,
    ...more,
  }
}

let publicKeys: ReadonlyMap<number, string> = new Map()
const isSigned: BundleGate['verify'] = ({ publicKey, message, signature }) => {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
  return verify(null, message, key, signature)
}

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))

async function offered(current: number) {
  const offer = modelOffer.parse(await offerModel(serving(), { station: demoStationNo, current }))
  return {
    offer,
    files: {
      manifest: new TextEncoder().encode(offer.manifest),
      ...{ signature: bytes(offer.signature), model: bytes(offer.model) },
      golden: bytes(offer.golden),
    },
  }
}

beforeAll(async () => {
  world = await cloudWorld()
  cloud = await composeCloud(world.config)
  const systemish = { ...clock, mono: () => 0, after: () => () => undefined }
  keys = await openKeys({
    ...{ folder: world.config.dataFolder, pool: world.pool },
    clock: { ...systemish, now: () => instant(Date.now()) } as never,
  })
  publicKeys = new Map((await keys.signingKeys()).map(({ kid, publicKey }) => [kid, publicKey]))
  await tellDemand()
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})

async function trainOnce(): Promise<number> {
  const trainings = trainingsOf(world.pool, clock)
  const { id } = await trainings.ask('test', randomUUID())
  await runTrainings({ models: models(), trainings, clock, ids: randomIds, train: trainHere })
  const ended = await trainings.byId(id)
  expect(ended).toMatchObject({ state: 'done', reason: null })
  return ended?.version ?? 0
}

describe('a model’s way from what stations told to a station', () => {
  let first = 0
  let second = 0

  it('what was told is counted by quarter hour; a day nobody spoke of is unknown', async () => {
    const [history]: readonly StationHistory[] = await models().histories(firstQuarter)
    const made = madeDemand(days)
    expect(history?.counts.slice(0, 500).map(({ arrivals }) => arrivals)).toEqual(
      made.slice(0, 500).map(({ arrivals }) => arrivals),
    )
    const gone = firstQuarter + 3 * 96 * quarterMs
    const between = [gone, gone + 96 * quarterMs]
    const where = 'arrived_at_ms >= $1 AND arrived_at_ms < $2'
    await world.pool.query(`DELETE FROM walk_in_ticket WHERE ${where}`, between)
    const [holed] = await models().histories(firstQuarter)
    expect(holed?.counts.some(({ start }) => start >= gone && start < between[1]!)).toBe(false)
  })

  it('one that passes the gate stays in shadow for two days, then is in service, signed', async () => {
    now = instant(end - hours(72))
    first = await trainOnce()
    const card = (await models().cards()).find(({ version }) => version === first)
    expect(card).toMatchObject({ state: 'shadow', verdict: { passes: true, reasons: [] } })
    expect(card?.verdict.skill).toBeGreaterThan(0.1)
    expect(await promoteModels(serving())).toBe('waits')
    expect(await offerModel(serving(), { station: demoStationNo, current: 0 })).toBeUndefined()
    now = instant(end - hours(23))
    expect(await promoteModels(serving())).toBe('promoted')
    expect(await promoteModels(serving())).toBe('none')

    const { files } = await offered(0)
    const inspected = inspectBundle(files, gate(0))
    if (!inspected.ok) expect.fail(inspected.error.detail)
    expect(inspected.value.manifest).toMatchObject({ version: first, dataOrigin: 'recorded' })
    expect(await offerModel(serving(), { station: demoStationNo, current: first })).toBeUndefined()
  })

  it('the way back is a signed order for the station that asks', async () => {
    now = instant(end - hours(60))
    second = await trainOnce()
    now = instant(end - hours(11))
    expect(await promoteModels(serving())).toBe('promoted')
    expect(await rollBack(serving(), { version: 9_999, by: 'operator:x' })).toBe(false)
    expect(await rollBack(serving(), { version: first, by: 'operator:x' })).toBe(true)
    const { offer, files } = await offered(second)
    const text = offer.rollback?.order ?? ''
    const rollback = readRollback(JSON.parse(text))
    expect(rollback).toMatchObject({ station: demoStationNo, from: second, to: first })
    const signed = {
      publicKey: publicKeys.get(rollback?.keyId ?? -1) ?? '',
      message: rollbackToSign(text),
      signature: bytes(offer.rollback?.signature ?? ''),
    }
    expect(isSigned(signed)).toBe(true)
    expect(inspectBundle(files, gate(second, { rollback }))).toMatchObject({ ok: true })
    expect(inspectBundle(files, gate(second))).toMatchObject({
      error: { code: 'model_version_old' },
    })
    const { rows } = await world.pool.query('SELECT kind, version, replaces FROM forecast_order')
    expect(rows).toEqual([
      { kind: 'promote', version: first, replaces: null },
      { kind: 'promote', version: second, replaces: first },
      { kind: 'roll_back', version: first, replaces: second },
    ])
  })
})

describe('the daily look at the model in service', () => {
  const told: ToldAlarm[] = []
  const watch = () => forecastWatchOf(world.pool)
  /** The real scores, with errors so many times as large: a model that has lost its way. */
  const scoresTimes = (factor: number): Score => {
    return async ({ stations, today, model: kept, inputs }) => {
      const model = kept && runnableOf(kept)
      const scored = stations.map((history) => {
        // The told days reach further than the clock of this test.
        const counts = history.counts.filter(({ start }) => start < now)
        return scoreStation({ ...history, counts }, { model, today })
      })
      const days = scored.flatMap((one) => one.days)
      return {
        days: days.map((one) => ({ ...one, error: factor * one.error })),
        inputs: inputsNow(
          inputs,
          scored.flatMap((one) => (one.inputs === undefined ? [] : [one.inputs])),
        ),
      }
    }
  }
  const look = (factor: number) =>
    watchForecasts({
      ...{ ...serving(), watch: watch(), ids: randomIds, score: scoresTimes(factor) },
      trainings: trainingsOf(world.pool, clock),
      tell: (alarm) => void told.push(alarm),
    })
  const served = async () => (await models().inService())?.version

  it('days are scored at each lead and kept once a day; a good model raises nothing', async () => {
    now = instant(end - hours(96))
    const current = await served()
    await look(1)
    await look(1)
    expect(told).toEqual([])
    const { rows } = await world.pool.query(
      `SELECT lead, count(*)::int AS n, sum(error) < sum(naive_error) AS better,
         sum(inside)::float8 / sum(quarters) AS cover
       FROM forecast_day WHERE quarters > 0 AND day < $2 AND version = $1 GROUP BY lead ORDER BY lead`,
      [current, istDay(before(now, hours(2)))],
    )
    expect(rows.map(({ lead, n }) => [lead, n])).toEqual([
      [1, 6],
      ...[2, 3, 4, 5, 6, 7].map((lead) => [lead, 3]),
    ])
    for (const { better, cover } of rows) {
      expect(better).toBe(true)
      expect(cover).toBeGreaterThan(0.6)
    }
  })

  it('after three days worse than seasonal naive it is told once and the one before serves', async () => {
    const versions = await world.pool.query<{ version: number; replaces: number }>(
      `SELECT version, replaces FROM forecast_order WHERE kind = 'promote' AND replaces IS NOT NULL`,
    )
    const { version, replaces } = versions.rows[0]!
    expect(await rollBack(serving(), { version, by: 'operator:x' })).toBe(true)
    for (const back of [72, 48, 24]) {
      now = instant(end - hours(back))
      await look(3)
    }
    const lost = told.filter(({ kind }) => kind === 'naive_better_three_days')
    expect(lost).toMatchObject([{ station: demoStationNo, version }])
    expect(await served()).toBe(replaces)
    const { rows } = await world.pool.query(
      'SELECT by FROM forecast_order ORDER BY no DESC LIMIT 1',
    )
    expect(rows).toEqual([{ by: 'drift' }])
    expect((await trainingsOf(world.pool, clock).latest())[0]?.askedBy).toBe('drift')
    const sofar = told.length
    now = end
    await look(1)
    expect(told).toHaveLength(sofar)
    expect((await watch().openAlarms()).filter((one) => one.version === version)).toEqual([])
    await world.pool.query(`UPDATE forecast_training SET state = 'failed' WHERE state = 'waiting'`)
  })

  it('a marked day is no day to judge by, everywhere or at one station', async () => {
    const days = eventDaysOf(world.pool)
    const [one, other] = [istDay(instant(end - hours(240))), istDay(instant(end - hours(300)))]
    const mark = { note: 'festival', by: 'operator:x', at: now }
    await days.mark({ ...mark, station: null, day: one })
    await days.mark({ ...mark, station: demoStationNo + 1, day: other })
    const [history] = await models().histories(instant(end - hours(400)))
    expect(history?.eventDays.has(one)).toBe(true)
    expect(history?.eventDays.has(other)).toBe(false)
    expect(await days.unmark({ station: null, day: one })).toBe(true)
    expect(await days.unmark({ station: null, day: one })).toBe(false)
  })
})

describe('the operators’ door', () => {
  const password = 'right password'
  const cookieOf = async (role: 'operator' | 'auditor'): Promise<string> => {
    const email = `${role}@example.in`
    await world.pool.query(
      'INSERT INTO operator (id, email, name, role, password_hash) VALUES ($1, $2, $3, $3, $4)',
      [randomUUID(), email, role, await hashPassword(password)],
    )
    const { headers } = await ask(cloud.url, '/v1/operator/sign-in', { body: { email, password } })
    return headers.get('set-cookie')?.split(';')[0] ?? ''
  }

  it('an operator asks for a training and follows it to its end, an auditor only looks', async () => {
    const operator = await cookieOf('operator')
    const auditor = await cookieOf('auditor')
    const retrain = (cookie: string) => ask(cloud.url, '/api/retrain-model', { body: {}, cookie })
    expect((await ask(cloud.url, '/api/retrain-model', { body: {} })).status).toBe(401)
    expect((await retrain(auditor)).status).toBe(403)
    const asked = await retrain(operator)
    expect(asked.status).toBe(202)
    const { id } = training.parse(asked.body)
    const look = async () =>
      training.parse(
        (await ask(cloud.url, `/v1/forecast/trainings/${id}`, { cookie: auditor })).body,
      )
    // The real clock is far past the told days: the job runs, in its thread, and says why not.
    await expect
      .poll(async () => (await look()).state, { timeout: 100_000, interval: 200 })
      .toBe('failed')
    expect((await look()).reason).toBe('too_short')
    const report = (path: string) =>
      ask(cloud.url, `/v1/forecast/report?${path}`, { cookie: auditor })
    const shown = forecastReport.parse((await report('station=42&target=kilograms')).body)
    expect(shown.stations).toMatchObject([{ station: demoStationNo }])
    expect(shown.shown.bands).toHaveLength(14 * 96)
    expect((await report('station=43')).status).toBe(404)
    expect((await report('station=42&target=nonsense')).status).toBe(400)
    const day = { station: 42, day: '2026-11-08', note: 'Diwali' }
    const mark = (cookie: string, path = '') =>
      ask(cloud.url, `/v1/forecast/event-days${path}`, { body: day, cookie })
    expect((await mark(auditor)).status).toBe(403)
    expect((await mark(operator)).status).toBe(204)
    expect((await mark(operator, '/remove')).status).toBe(204)
    expect((await mark(operator, '/remove')).status).toBe(404)
    const { body } = await ask(cloud.url, '/v1/forecast/models', { cookie: auditor })
    const [card] = modelCards.parse(body).models
    expect(card?.effects.length).toBeGreaterThan(3)
    expect(card?.verdict.measured).toMatchObject({ parityWrong: 0 })
    expect(card?.verdict.measured?.parityRows).toBeGreaterThan(5_000)
    expect(modelCards.parse(body).models.map(({ state }) => state)).toContain('in_service')
    const back = { body: { version: 9_999 }, cookie: operator }
    expect((await ask(cloud.url, '/v1/forecast/rollback', back)).status).toBe(404)
  })
})
