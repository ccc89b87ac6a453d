import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BundleFiles } from '@baari/shared/domain/forecast/bundle/accept-bundle'
import {
  demandTables,
  demandTargets,
  quarterMs,
  usualOf,
} from '@baari/shared/domain/forecast/serving/station-demand'
import type { KeySet } from '@baari/shared/domain/keys/key-set'
import { walkInWorkOf } from '@baari/shared/domain/slots/walk-in-forecast'
import { madeDemand } from '@baari/shared/testing/made-demand'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { bundleOf, newSigner, signed, trainSmall } from '@baari/shared/testing/signed-bundle'
import { stationNo } from '@baari/shared/units/names'
import { after, hours, instant, minutes, type Instant } from '@baari/shared/units/time'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stationClock } from '../../src/app/sync/station-clock.ts'
import { startForecaster } from '../../src/compose/start-forecaster.ts'
import type { NodeLedger } from '../../src/compose/start-ledger.ts'
import { countedMetrics, keptLog } from '../support/silent-parts.ts'
import { stationWorld } from '../support/station-world.ts'

const signer = newSigner()
const counts = madeDemand(60)
const now = instant(counts.at(-1)!.start + quarterMs)
let folder = ''
let files: BundleFiles

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-forecaster-'))
  const own = counts.slice(0, 46 * 96)
  const usual = usualOf(own)
  const from = instant(own.at(-1)!.start + quarterMs)
  const trained = trainSmall({
    ...demandTables([{ station: 42, counts: own, usual }], from),
    stepMs: quarterMs,
  })
  const facts = {
    ...{ usual: demandTargets.map((target) => usual[target]), stationScope: [42] },
    notAfter: after(now, hours(24 * 60)),
  }
  files = signed(bundleOf(trained, facts), signer)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Waits for what real threads bring about; a bound against hanging, not a measure. */
const soon = { timeout: 100_000, interval: 50 }

/** A ledger of the real schema with sixty days of recorded quarters, at the moment after them. */
async function recordedStation(): Promise<{
  ledger: NodeLedger
  clock: ReturnType<typeof manualClock>
}> {
  const world = await stationWorld()
  world.goTo(now)
  await world.act((tx) => counts.forEach((count) => tx.demand.save(count)))
  return { ledger: world.ledger, clock: manualClock(now) }
}

const keySet = (at: Instant): KeySet => ({
  version: 1,
  issuedAtMs: instant(at - 1),
  validUntilMs: after(at, hours(168)),
  keys: [
    {
      ...{ kid: 3, publicKey: signer.publicKey },
      ...{ notBefore: instant(0), notAfter: after(at, hours(1_000)) },
    },
  ],
  denied: [],
})

function bring({ manifest, signature, model, golden }: BundleFiles): void {
  const incoming = join(folder, 'models', 'incoming')
  mkdirSync(incoming, { recursive: true })
  writeFileSync(join(incoming, 'manifest.json'), manifest)
  writeFileSync(join(incoming, 'manifest.sig'), signature)
  writeFileSync(join(incoming, 'model.onnx'), model)
  writeFileSync(join(incoming, 'golden.json'), golden)
}

it('a station forecasts by itself, takes a good model, counts a bad one and goes on', async () => {
  const { ledger, clock } = await recordedStation()
  const log = keptLog()
  const forecaster = startForecaster({
    ...{ ledger, clock, dataFolder: folder, cloudUrl: 'https://cloud.example' },
    time: stationClock(clock),
    station: stationNo(42),
    log: log.log,
    metrics: countedMetrics().metrics,
    keySet: () => keySet(clock.now()),
  })
  const said = () => forecaster.health().detail
  const round = () => clock.advance(minutes(1))
  try {
    await expect.poll(said, soon).toMatch(/^seasonal naive: no usable model/)
    const work = walkInWorkOf(forecaster.cap(), clock.now())
    expect(work(after(now, hours(12)))).toBeGreaterThan(0)
    expect(forecaster.shown()).toMatchObject({ basis: 'seasonal-naive' })
    expect(forecaster.shown()?.hours).toHaveLength(4)

    bring(files)
    await expect.poll(() => clock.pendingTimers(), soon).toContain('forecast')
    round()
    await expect.poll(said, soon).toMatch(/^model 5 \(onnx\), \d+ % of \d+ quarters inside$/)
    expect(readdirSync(join(folder, 'models'))).not.toContain('incoming')

    bring({ ...files, signature: new Uint8Array(64) })
    await expect.poll(() => clock.pendingTimers(), soon).toContain('forecast')
    round()
    await expect.poll(() => forecaster.refusals(), soon).toEqual({ model_signature_wrong: 1 })
    expect(said()).toMatch(/^model 5/)
    expect(readdirSync(join(folder, 'models'))).toContain('refused')
    expect(forecaster.health().ok).toBe(true)
  } finally {
    forecaster.stop()
  }
})
