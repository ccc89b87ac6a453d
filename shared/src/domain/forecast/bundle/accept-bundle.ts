import { ok, type Result } from '../../../faults/result.ts'
import type { Instant } from '../../../units/time.ts'
import { planOf } from '../features/feature-plan.ts'
import { readOutputs, type ReadOutput } from '../onnx/read-ensemble.ts'
import { readOnnx } from '../onnx/read-model.ts'
import { canonicalJson, type Json } from './canonical-json.ts'
import { schemaText, schemaTextOfPlan } from './feature-schema.ts'
import { bytesMax, checkGraph, no } from './model-limits.ts'
import {
  manifestToSign,
  runtimeLevel,
  type Golden,
  type ModelManifest,
  type RollbackOrder,
} from './model-manifest.ts'
import type { ModelRefusal } from './model-refusal.ts'

/** A bundle as it came: nothing of it is believed yet. */
export type BundleFiles = {
  readonly manifest: Uint8Array
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array
  readonly model: Uint8Array
  readonly golden: Uint8Array
}

/** What the ladder needs of the world. */
export type BundleGate = {
  readonly station: number
  readonly now: Instant
  /** Version in use; 0 where there is none. */
  readonly current: number
  /** The order that allows an older version, its signature already checked. */
  readonly rollback: RollbackOrder | undefined
  /** Public key of a cloud key in force, base64url. */
  readonly keyOf: (keyId: number) => string | undefined
  readonly verify: (claim: {
    readonly publicKey: string
    readonly message: Uint8Array
    readonly signature: Uint8Array
  }) => boolean
  /** SHA-256, hex. */
  readonly hash: (bytes: Uint8Array) => string
} & BundleReaders

/** Schemas of the contract; the domain reads no JSON of strangers by itself. */
export type BundleReaders = {
  readonly readManifest: (json: Json) => ModelManifest | undefined
  readonly readGolden: (json: Json) => Golden | undefined
}

/** A bundle that may be shown to the runtime; the golden rows still have to be answered. */
export type Inspected = {
  readonly manifest: ModelManifest
  readonly golden: Golden
  readonly outputs: readonly ReadOutput[]
}

/**
 * The acceptance ladder of a bundle, in the order of forecasting.md section 5: signature by a known
 * key, `notAfter`, version, sizes, operators, external data, operator sets, features. The first step
 * that fails is the reason.
 */
export function inspectBundle(
  files: BundleFiles,
  gate: BundleGate,
): Result<Inspected, ModelRefusal> {
  const signed = signedManifest(files, gate)
  if (!signed.ok) return signed
  const manifest = signed.value
  const { stationScope, notAfterMs, version } = manifest
  if (stationScope.length > 0 && !stationScope.includes(gate.station)) {
    return no('model_of_another_station', `for ${stationScope.join(', ')}`)
  }
  if (gate.now > notAfterMs) return no('model_expired', `ended at ${notAfterMs}`)
  if (!versionFits(version, gate)) {
    return no('model_version_old', `version ${version} after ${gate.current}`)
  }
  return inspectContent(files, manifest, gate)
}

/** A bundle that was accepted before and is the same to the bit. */
export type Stored = {
  readonly manifest: ModelManifest
  /** Reads the trees, which only our own evaluation needs; undefined when they cannot be read. */
  readonly readTrees: () => readonly ReadOutput[] | undefined
}

/**
 * The same without the questions of time: for a bundle this station has accepted before, whose
 * manifest it knows by its hash. A key that has since been rotated away does not undo it. The graph
 * climbed the ladder when it came and its hash says it is the same, so it is not read again: reading it
 * was a fifth of a week's work and most of its memory. What the program itself may have changed since is asked.
 */
export function inspectStored(
  files: Omit<BundleFiles, 'signature'>,
  stored: Pick<BundleGate, 'hash' | 'readManifest'> & { readonly manifestSha256: string },
): Result<Stored, ModelRefusal> {
  if (stored.hash(files.manifest) !== stored.manifestSha256) {
    return no('model_file_altered', 'manifest.json')
  }
  const manifest = manifestOf(files.manifest, stored)
  if (manifest === undefined) return no('model_manifest_unreadable', 'manifest.json')
  const altered = alteredFile(files, manifest, stored.hash)
  if (altered !== undefined) return no('model_file_altered', altered)
  const runs = runsHere(manifest, stored.hash)
  if (!runs.ok) return runs
  const readTrees: Stored['readTrees'] = () => {
    const graph = readOnnx(files.model)
    return graph && readOutputs(graph, planOf(manifest.plan).names)
  }
  return ok({ manifest, readTrees })
}

/** What the running program has to offer a model. */
function runsHere(manifest: ModelManifest, hash: BundleGate['hash']): Result<true, ModelRefusal> {
  if (manifest.minRuntime > runtimeLevel) {
    return no('model_opset_unknown', `needs level ${manifest.minRuntime}`)
  }
  if (featuresFit(manifest, hash)) return ok(true)
  return no('model_features_differ', manifest.featureSchemaHash)
}

function signedManifest(files: BundleFiles, gate: BundleGate): Result<ModelManifest, ModelRefusal> {
  const manifest = manifestOf(files.manifest, gate)
  if (manifest === undefined) return no('model_manifest_unreadable', 'manifest.json')
  const publicKey = gate.keyOf(manifest.keyId)
  if (publicKey === undefined) return no('model_key_unknown', `key ${manifest.keyId}`)
  const message = manifestToSign(new TextDecoder().decode(files.manifest))
  if (!gate.verify({ publicKey, message, signature: files.signature })) {
    return no('model_signature_wrong', `key ${manifest.keyId}`)
  }
  const altered = alteredFile(files, manifest, gate.hash)
  return altered === undefined ? ok(manifest) : no('model_file_altered', altered)
}

/** Undefined unless the bytes are the canonical text of a manifest. */
function manifestOf(
  bytes: Uint8Array,
  { readManifest }: Pick<BundleReaders, 'readManifest'>,
): ModelManifest | undefined {
  if (bytes.length > bytesMax.manifest) return undefined
  const json = jsonOf(bytes)
  if (json === undefined || canonicalJson(json) !== decoder.decode(bytes)) return undefined
  return readManifest(json)
}

const decoder = new TextDecoder('utf-8', { fatal: false })

function jsonOf(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(decoder.decode(bytes)) as Json
  } catch {
    return undefined
  }
}

function alteredFile(
  { model, golden }: Pick<BundleFiles, 'model' | 'golden'>,
  { sha256, goldenSha256 }: ModelManifest,
  hash: BundleGate['hash'],
): string | undefined {
  if (hash(model) !== sha256) return 'model.onnx'
  return hash(golden) === goldenSha256 ? undefined : 'golden.json'
}

/** A newer version, or the older one that a signed order for this station names. */
function versionFits(version: number, { station, current, rollback }: BundleGate): boolean {
  if (version > current) return true
  return rollback?.station === station && rollback.from === current && rollback.to === version
}

function inspectContent(
  { model, golden: goldenBytes }: Pick<BundleFiles, 'model' | 'golden'>,
  manifest: ModelManifest,
  { hash, readGolden }: Pick<BundleGate, 'hash'> & BundleReaders,
): Result<Inspected, ModelRefusal> {
  if (model.length > bytesMax.model || goldenBytes.length > bytesMax.golden) {
    return no('model_too_large', `${model.length} and ${goldenBytes.length} bytes`)
  }
  const graph = readOnnx(model)
  if (graph === undefined) return no('model_unreadable', 'model.onnx')
  const checked = checkGraph(graph)
  if (!checked.ok) return checked
  const runs = runsHere(manifest, hash)
  if (!runs.ok) return runs
  const outputs = readOutputs(graph, planOf(manifest.plan).names)
  if (outputs === undefined) return no('model_unreadable', 'the trees of model.onnx')
  const goldenJson = jsonOf(goldenBytes)
  const golden = goldenJson === undefined ? undefined : readGolden(goldenJson)
  if (golden === undefined) return no('model_unreadable', 'golden.json')
  return ok({ manifest, golden, outputs })
}

/** The manifest's own list, its hash, and what the running feature function makes are one. */
function featuresFit(
  { featureSchema, featureSchemaHash, plan }: ModelManifest,
  hash: BundleGate['hash'],
): boolean {
  const own = schemaTextOfPlan(plan)
  return (
    schemaText(featureSchema) === own && hash(new TextEncoder().encode(own)) === featureSchemaHash
  )
}
