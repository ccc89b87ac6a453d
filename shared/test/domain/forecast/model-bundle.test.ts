import { describe, expect, it } from 'vitest'
import {
  inspectBundle,
  inspectStored,
  type BundleFiles,
  type BundleGate,
} from '@baari/shared/domain/forecast/bundle/accept-bundle'
import type { UnsignedBundle } from '@baari/shared/domain/forecast/bundle/build-bundle'
import { canonicalJson } from '@baari/shared/domain/forecast/bundle/canonical-json'
import { checkGolden, goldenTable } from '@baari/shared/domain/forecast/bundle/golden-rows'
import { ProtobufWriter } from '@baari/shared/domain/forecast/onnx/protobuf'
import { readOnnx } from '@baari/shared/domain/forecast/onnx/read-model'
import { runTrees } from '@baari/shared/domain/forecast/serving/run-trees'
import { instant } from '@baari/shared/units/time'
import {
  bundleOf,
  changed,
  gateOf,
  hash,
  newSigner,
  signed,
  trainSmall,
} from '@baari/shared/testing/signed-bundle'
import { sliceTable, waveDemand, withoutValues } from './wave-demand.ts'

const whole = waveDemand(24 * 41)
const trained = trainSmall({
  history: sliceTable(whole, 0, 24 * 40),
  future: withoutValues(sliceTable(whole, 24 * 40, 24 * 41)),
})
const signer = newSigner()
const bundle = bundleOf(trained)
const files = signed(bundle, signer)

/** The code of the refusal, or what the ladder says of a bundle without fault. */
function verdict(given: BundleFiles, more: Partial<BundleGate> = {}): string {
  const inspected = inspectBundle(given, gateOf(signer, more))
  return inspected.ok ? 'accepted' : inspected.error.code
}

const resigned = (change: Parameters<typeof changed>[1]): BundleFiles =>
  signed(changed(bundle, change), signer)

/** The model with a text of the same length in the place of another. */
function replaced(model: Uint8Array, from: string, to: string): Uint8Array {
  const bytes = Buffer.from(model)
  const at = bytes.indexOf(from)
  expect(at).toBeGreaterThan(0)
  bytes.write(to, at)
  return new Uint8Array(bytes)
}

/** Messages add their fields up when they follow one another, so that a part is simply appended. */
function withGraphPart(model: Uint8Array, write: (graph: ProtobufWriter) => void): Uint8Array {
  const more = new ProtobufWriter()
  more.message(7, write)
  return new Uint8Array([...model, ...more.done()])
}

describe('the ladder a bundle climbs', () => {
  it('a bundle signed by a known key is accepted, and its own evaluation answers the golden rows', () => {
    const inspected = inspectBundle(files, gateOf(signer))
    if (!inspected.ok) expect.fail(inspected.error.detail)
    const { outputs } = inspected.value
    const answers = runTrees(outputs, goldenTable(inspected.value))
    expect(checkGolden(inspected.value, answers)).toMatchObject({ ok: true })
    expect(outputs.map(({ ensemble }) => ensemble.trees.length)).not.toContain(0)
  })

  it('one flipped bit in any of the files, at every place tried, is refused with its reason', () => {
    const reasons = {
      manifest: ['model_manifest_unreadable', 'model_signature_wrong', 'model_key_unknown'],
      signature: ['model_signature_wrong'],
      model: ['model_file_altered'],
      golden: ['model_file_altered'],
    }
    for (const name of ['manifest', 'signature', 'model', 'golden'] as const) {
      const bytes = files[name]
      const step = Math.max(1, Math.floor(bytes.length / 500))
      for (let at = 0; at < bytes.length; at += step) {
        const flipped = bytes.slice()
        flipped[at] = flipped[at]! ^ (1 << (at % 8))
        expect(reasons[name], `${name}, byte ${at}`).toContain(
          verdict({ ...files, [name]: flipped }),
        )
      }
    }
  })

  it('a truncated file is refused', () => {
    for (const name of ['manifest', 'signature', 'model', 'golden'] as const) {
      const cut = files[name].slice(0, files[name].length / 2)
      expect(verdict({ ...files, [name]: cut }), name).not.toBe('accepted')
    }
  })

  it('a foreign key, a key the station does not know and another station each have their reason', () => {
    expect(verdict(signed(bundle, newSigner()))).toBe('model_signature_wrong')
    expect(verdict(resigned({ manifest: { keyId: 9 } }))).toBe('model_key_unknown')
    expect(verdict(files, { station: 8 })).toBe('model_of_another_station')
    expect(verdict(resigned({ manifest: { stationScope: [] } }), { station: 8 })).toBe('accepted')
  })

  it('a manifest with spaces says the same and is not canonical', () => {
    const spaced = { ...bundle, text: JSON.stringify(bundle.manifest, undefined, 1) }
    expect(verdict(signed(spaced, signer))).toBe('model_manifest_unreadable')
  })

  it('a bundle past its end is refused', () => {
    expect(verdict(files, { now: instant(9_001) })).toBe('model_expired')
  })

  it('an older version needs an order that names it and what it replaces', () => {
    const order = { station: 7, from: 6, to: 5, issuedAtMs: instant(1), keyId: 3 }
    expect(verdict(files, { current: 5 })).toBe('model_version_old')
    expect(verdict(files, { current: 6, rollback: order })).toBe('accepted')
    expect(verdict(files, { current: 8, rollback: order })).toBe('model_version_old')
    expect(verdict(files, { current: 6, rollback: { ...order, station: 9 } })).toBe(
      'model_version_old',
    )
  })

  it('a file past its limit is refused before it is read', () => {
    const model = new Uint8Array(5_000_001)
    expect(verdict(resigned({ model }))).toBe('model_too_large')
  })

  it('an operator that is not on the list is refused, and so is a function', () => {
    const model = replaced(bundle.model, 'TreeEnsembleRegressor', 'TreeEnsembleClassifie')
    expect(verdict(resigned({ model }))).toBe('model_operator_unknown')
    const functions = new ProtobufWriter()
    functions.message(25, (own) => own.textField(1, 'hidden'))
    const hidden = new Uint8Array([...bundle.model, ...functions.done()])
    expect(verdict(resigned({ model: hidden }))).toBe('model_operator_unknown')
  })

  it('a tensor in another file is refused', () => {
    const model = withGraphPart(bundle.model, (graph) =>
      graph.message(5, (tensor) => tensor.varintField(14, 1)),
    )
    expect(verdict(resigned({ model }))).toBe('model_data_elsewhere')
  })

  it('a newer operator set and a newer level of the code are refused', () => {
    const opset = new ProtobufWriter()
    opset.message(8, (own) => {
      own.textField(1, 'ai.onnx.ml')
      own.varintField(2, 5)
    })
    const model = new Uint8Array([...bundle.model, ...opset.done()])
    expect(verdict(resigned({ model }))).toBe('model_opset_unknown')
    expect(verdict(resigned({ manifest: { minRuntime: 2 } }))).toBe('model_opset_unknown')
  })

  it('a changed feature list is refused, with its own hash or with the old one', () => {
    const featureSchema = bundle.manifest.featureSchema.map((column, at) =>
      at === 3 ? { ...column, name: 'lagMonth' } : column,
    )
    expect(verdict(resigned({ manifest: { featureSchema } }))).toBe('model_features_differ')
    const featureSchemaHash = hash(new TextEncoder().encode(canonicalJson(featureSchema)))
    expect(verdict(resigned({ manifest: { featureSchema, featureSchemaHash } }))).toBe(
      'model_features_differ',
    )
  })

  it('golden rows that the model answers otherwise are refused', () => {
    const golden = JSON.parse(Buffer.from(bundle.golden).toString()) as {
      outputs: Record<string, number[]>
    }
    const [first] = Object.values(golden.outputs)
    first![0] = first![0]! + 1
    const given = resigned({ golden: Buffer.from(canonicalJson(golden)) })
    const inspected = inspectBundle(given, gateOf(signer))
    if (!inspected.ok) expect.fail(inspected.error.code)
    const answers = runTrees(inspected.value.outputs, goldenTable(inspected.value))
    expect(checkGolden(inspected.value, answers)).toMatchObject({
      error: { code: 'model_answers_differ' },
    })
  })

  it('a stored bundle is known by its hash, whatever has become of its key', () => {
    const stored = { ...gateOf(signer), manifestSha256: hash(files.manifest) }
    expect(inspectStored(files, stored)).toMatchObject({ ok: true })
    const cut = { ...files, model: files.model.slice(0, 100) }
    expect(inspectStored(cut, stored)).toMatchObject({ error: { code: 'model_file_altered' } })
    const torn = { ...files, manifest: files.manifest.slice(0, 50) }
    expect(inspectStored(torn, stored)).toMatchObject({ error: { code: 'model_file_altered' } })
  })
})

describe('the reader of models', () => {
  it('every truncation of a model and every flipped bit is read or refused, never thrown', () => {
    const { model }: UnsignedBundle = bundle
    const step = Math.max(1, Math.floor(model.length / 120))
    let read = 0
    for (let at = 0; at < model.length; at += step) {
      const flipped = model.slice()
      flipped[at] = flipped[at]! ^ 0x80
      if (readOnnx(flipped) !== undefined) read += 1
      readOnnx(model.subarray(0, at))
    }
    expect(readOnnx(model.subarray(0, model.length - 3))).toBeUndefined()
    expect(read).toBeGreaterThan(0)
  })
})
