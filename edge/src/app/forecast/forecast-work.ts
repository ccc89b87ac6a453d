import {
  readGolden,
  readManifest,
  readRollback,
} from '@baari/shared/contracts/forecast/model-bundle'
import type { MemberTable } from '@baari/shared/domain/forecast/backtest/member-table'
import {
  inspectBundle,
  inspectStored,
  type BundleGate,
  type Inspected,
  type Stored,
} from '@baari/shared/domain/forecast/bundle/accept-bundle'
import {
  checkGolden,
  goldenTable,
  type ModelAnswers,
} from '@baari/shared/domain/forecast/bundle/golden-rows'
import {
  rollbackToSign,
  type RollbackOrder,
} from '@baari/shared/domain/forecast/bundle/model-manifest'
import type { ModelRefusal } from '@baari/shared/domain/forecast/bundle/model-refusal'
import {
  weekForecast,
  type WeekForecast,
} from '@baari/shared/domain/forecast/serving/week-forecast'
import { partEntriesMax } from '@baari/shared/domain/forecast/onnx/model-parts'
import { membersOf } from '@baari/shared/domain/forecast/serving/members-of-answers'
import type { StationPast } from '@baari/shared/domain/forecast/serving/week-asks'
import { rowsToKeep, weekMembers } from '@baari/shared/domain/forecast/serving/week-members'
import {
  weekQuestion,
  type WeekQuestion,
} from '@baari/shared/domain/forecast/serving/week-question'
import {
  packTrees,
  runPacked,
  sameAnswers,
  type PackedOutput,
} from '@baari/shared/domain/forecast/trees/packed-trees'
import { assert } from '@baari/shared/faults/assert'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { readKept, writeKept } from './kept-week.ts'
import { readPacked, writePacked } from './packed-model.ts'
import type { ModelEngine, ModelOffer, ModelStore, OpenEngine } from '../../ports/models.ts'

export type ForecastDeps = {
  readonly store: ModelStore
  readonly openEngine: OpenEngine
  readonly hash: BundleGate['hash']
  /**
   * Names this very program: what another one has kept of a week may have been made otherwise.
   * Undefined where nothing names it.
   */
  readonly program: string | undefined
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

/** More new rows than this, those of two quarter hours, are kept; fewer are made once more. */
const newRowsMax = 48

/** The week ahead by the best model the station holds; without one, by what stands in for it. */
export async function forecastWeek(
  { fallenBack, ...past }: ForecastAsked,
  deps: ForecastDeps,
): Promise<Forecasted> {
  const { loaded, refused } = await loadStored(deps)
  if (loaded === undefined) {
    const question = weekQuestion({ ...past, manifest: undefined })
    return { ...(question.ok ? standIn(question.value) : nothing), refused }
  }
  const { manifest } = loaded.stored
  const asked = { ...past, manifest }
  const madeBy = madeByOf(deps, loaded, past.station)
  const kept = madeBy === undefined ? undefined : readKept(deps.store.kept(), madeBy, deps.hash)
  const question = weekQuestion(asked, kept)
  if (!question.ok) return { ...nothing, refused }
  if (question.value.basis !== 'model') return { ...standIn(question.value), refused }
  const members = await membersFor(question.value, asked, loaded)
  // What another engine has answered is near, but not the same to the bit.
  const sameEngine = madeBy === madeByOf(deps, loaded, past.station)
  if (madeBy !== undefined && sameEngine && question.value.asked.at.length > newRowsMax) {
    deps.store.keep(writeKept(rowsToKeep(question.value, members), madeBy, deps.hash))
  }
  const out = { fallenBack: fallenBack.includes(manifest.version) }
  return {
    forecast: weekForecast(question.value, { manifest, members }, out),
    engine: loaded.engine.kind,
    judged: manifest.version,
    refused,
  }
}

const nothing = { forecast: null, engine: null, judged: null }

function standIn(question: WeekQuestion): Omit<Forecasted, 'refused'> {
  return { ...nothing, forecast: weekForecast(question, undefined) }
}

/** Undefined where the program cannot be told from another: nothing is kept then. */
function madeByOf(
  { program }: ForecastDeps,
  { manifestSha256, engine }: Loaded,
  station: number,
): string | undefined {
  // The packed trees answer what the runtime does.
  const answers = engine.kind === 'trees' ? 'near' : 'same'
  return program === undefined ? undefined : [program, manifestSha256, answers, station].join(' ')
}

/** What the members say of every row, of those that are new by asking the model. */
async function membersFor(
  question: WeekQuestion,
  past: StationPast,
  { stored, engine }: Loaded,
): Promise<MemberTable> {
  const { recipe } = stored.manifest
  const ask = ({ table }: WeekQuestion): Promise<ModelAnswers> =>
    table.rows === 0 ? Promise.resolve(new Map()) : engine.run(table)
  const members = weekMembers(question, recipe, await ask(question))
  if (members !== undefined) return members
  const anew = weekQuestion(past)
  assert(anew.ok, 'what could be asked can be asked anew')
  return membersOf(anew.value.asked, recipe, await ask(anew.value))
}

type Loaded = {
  readonly stored: Stored
  readonly manifestSha256: string
  readonly engine: ModelEngine
}

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
      const { manifest, readTrees } = stored.value
      const { packed } = bundle
      const engine = await openEngine(
        bundle.model,
        readTrees,
        packed && (() => readPacked(packed(), manifest.sha256, hash)),
      )
      return { loaded: { stored: stored.value, manifestSha256, engine }, refused }
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
  const { version, sha256 } = inspected.value.manifest
  let packed: Uint8Array | undefined
  try {
    const engine = await openEngine(files.model, () => outputs)
    const answers = await engine.run(goldenTable(inspected.value))
    const checked = checkGolden(inspected.value, answers)
    if (!checked.ok) return checked
    const trees = packedLike(inspected.value, answers)
    packed = trees && writePacked(trees, sha256, hash)
  } catch (error) {
    return err({ code: 'model_unreadable', detail: String(error) })
  }
  store.put({ ...files, version, manifestSha256: hash(files.manifest), packed })
  return ok(version)
}

/** The trees packed, where they answer the golden rows as the engine did, to the bit. */
function packedLike(
  inspected: Inspected,
  answers: ModelAnswers,
): readonly PackedOutput[] | undefined {
  const packed = packTrees(inspected.outputs, partEntriesMax)
  return sameAnswers(answers, runPacked(packed, goldenTable(inspected))) ? packed : undefined
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
