import {
  readGolden,
  readManifest,
  readRollback,
} from '@baari/shared/contracts/forecast/model-bundle'
import {
  inspectBundle,
  inspectStored,
  type BundleGate,
  type Stored,
} from '@baari/shared/domain/forecast/bundle/accept-bundle'
import { checkGolden, goldenTable } from '@baari/shared/domain/forecast/bundle/golden-rows'
import {
  rollbackToSign,
  type RollbackOrder,
} from '@baari/shared/domain/forecast/bundle/model-manifest'
import type { ModelRefusal } from '@baari/shared/domain/forecast/bundle/model-refusal'
import {
  weekForecast,
  type WeekForecast,
} from '@baari/shared/domain/forecast/serving/week-forecast'
import { weekQuestion, type StationPast } from '@baari/shared/domain/forecast/serving/week-question'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { rememberedAnswers } from './remembered-answers.ts'
import type { ModelEngine, ModelOffer, ModelStore, OpenEngine } from '../../ports/models.ts'

export type ForecastDeps = {
  readonly store: ModelStore
  readonly openEngine: OpenEngine
  readonly hash: BundleGate['hash']
}

export type Forecasted = {
  /** Null where too little was recorded to say anything. */
  readonly forecast: WeekForecast | null
  readonly engine: ModelEngine['kind'] | null
  /** Version of the model whose days were judged, also where it does not serve. */
  readonly judged: number | null
  /** Stored bundles that could not be used any more. */
  readonly refused: readonly ModelRefusal[]
}

/** What a station has, and the versions it does not use any more because of their days. */
export type ForecastAsked = Omit<StationPast, 'manifest'> & {
  readonly fallenBack: readonly number[]
}

/** The week ahead by the best model the station holds; without one, by what stands in for it. */
export async function forecastWeek(
  { fallenBack, ...past }: ForecastAsked,
  deps: ForecastDeps,
): Promise<Forecasted> {
  const { loaded, refused } = await loadStored(deps)
  const manifest = loaded?.stored.manifest
  const question = weekQuestion({ ...past, manifest })
  if (!question.ok) return { forecast: null, engine: null, judged: null, refused }
  if (loaded === undefined || question.value.basis !== 'model') {
    const forecast = weekForecast(question.value, undefined)
    return { forecast, engine: null, judged: null, refused }
  }
  const answers = await rememberedAnswers(question.value.table, {
    model: loaded.stored.manifest.sha256,
    engine: loaded.engine,
    kept: { bytes: deps.store.answers(), keep: deps.store.keepAnswers, hash: deps.hash },
  })
  const { version } = loaded.stored.manifest
  const answered = { manifest: loaded.stored.manifest, answers }
  const out = { fallenBack: fallenBack.includes(version) }
  return {
    forecast: weekForecast(question.value, answered, out),
    engine: loaded.engine.kind,
    judged: version,
    refused,
  }
}

type Loaded = { readonly stored: Stored; readonly engine: ModelEngine }

/** The bundle in use, or the one before it when that is damaged. */
async function loadStored({ store, openEngine, hash }: ForecastDeps): Promise<{
  readonly loaded: Loaded | undefined
  readonly refused: readonly ModelRefusal[]
}> {
  const refused: ModelRefusal[] = []
  for (const bundle of store.stored()) {
    const { manifestSha256 } = bundle
    const stored = inspectStored(bundle, { hash, readManifest, manifestSha256 })
    if (!stored.ok) {
      refused.push(stored.error)
      continue
    }
    try {
      const engine = await openEngine(bundle.model, stored.value.readTrees)
      return { loaded: { stored: stored.value, engine }, refused }
    } catch (error) {
      refused.push({ code: 'model_unreadable', detail: String(error) })
    }
  }
  return { loaded: undefined, refused }
}

export type AcceptBy = Pick<BundleGate, 'station' | 'now' | 'keyOf' | 'verify'>

/**
 * Takes a bundle when it climbs the whole ladder, the golden rows last and by the engine that will
 * serve; then it is the one in use. Otherwise nothing changes.
 * @returns its version
 */
export async function acceptModel(
  { files, rollback }: ModelOffer,
  by: AcceptBy,
  { store, openEngine, hash }: ForecastDeps,
): Promise<Result<number, ModelRefusal>> {
  const order = rollback && signedOrder(rollback, by)
  const current = store.current()
  const gate = { ...by, hash, rollback: order, current, readManifest, readGolden }
  const inspected = inspectBundle(files, gate)
  if (!inspected.ok) return inspected
  const { outputs } = inspected.value
  try {
    const engine = await openEngine(files.model, () => outputs)
    const answers = await engine.run(goldenTable(inspected.value))
    const checked = checkGolden(inspected.value, answers)
    if (!checked.ok) return checked
  } catch (error) {
    return err({ code: 'model_unreadable', detail: String(error) })
  }
  const { version } = inspected.value.manifest
  store.put({ ...files, version, manifestSha256: hash(files.manifest) })
  return ok(version)
}

/** The order, when a known key has signed it; any other counts as none. */
function signedOrder(
  { order, signature }: NonNullable<ModelOffer['rollback']>,
  { keyOf, verify }: AcceptBy,
): RollbackOrder | undefined {
  const text = new TextDecoder().decode(order)
  const read = readRollback(jsonOf(text))
  const publicKey = read && keyOf(read.keyId)
  if (publicKey === undefined) return undefined
  return verify({ publicKey, message: rollbackToSign(text), signature }) ? read : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
