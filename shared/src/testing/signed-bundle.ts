import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { createPublicKey } from 'node:crypto'
import { readGolden, readManifest } from '../contracts/forecast/model-bundle.ts'
import type { BundleFiles, BundleGate } from '../domain/forecast/bundle/accept-bundle.ts'
import {
  buildBundle,
  type BundleFacts,
  type Trained,
  type UnsignedBundle,
} from '../domain/forecast/bundle/build-bundle.ts'
import { canonicalJson } from '../domain/forecast/bundle/canonical-json.ts'
import { manifestToSign, type ModelManifest } from '../domain/forecast/bundle/model-manifest.ts'
import { forecastRun } from '../domain/forecast/backtest/forecast-run.ts'
import { prepare, type Prepared } from '../domain/forecast/backtest/prepare.ts'
import { fitterOf, type FitJob } from '../domain/forecast/pool/fit-job.ts'
import { withTrees } from '../domain/forecast/pool/learners.ts'
import type { DemandFiles } from '../domain/forecast/series/lay-grid.ts'
import { assert, present } from '../faults/assert.ts'
import { instant } from '../units/time.ts'

export const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export type Signer = { readonly key: KeyObject; readonly publicKey: string }

export function newSigner(): Signer {
  const { privateKey: key } = generateKeyPairSync('ed25519')
  return { key, publicKey: present(createPublicKey(key).export({ format: 'jwk' }).x, 'x') }
}

/** A model trained on the files; few trees, because a bundle is asked for and not accuracy. */
export function trainSmall(files: DemandFiles, trees = 20, forestTrees = 4): Trained {
  const prepared = prepared1(files)
  const fit = fitterOf(prepared.training)
  const fitting = forecastRun(prepared, 1)
  let step = fitting.next()
  while (step.done !== true) {
    step = fitting.next(step.value.map((job) => fit(fewer(job, { trees, forestTrees }))))
  }
  return { prepared, run: step.value }
}

type Trees = { readonly trees: number; readonly forestTrees: number }

function fewer(job: FitJob, { trees, forestTrees }: Trees): FitJob {
  const { learner } = job
  if (learner.kind === 'boost') return withTrees(job, trees)
  return { ...job, learner: { ...learner, spec: { ...learner.spec, trees: forestTrees } } }
}

function prepared1(files: DemandFiles): Prepared {
  const prepared = prepare(files, 1)
  assert(prepared.ok, 'the files can be laid out')
  return prepared.value
}

export const bundleFacts: BundleFacts = {
  modelId: '3f1c7a52-5d0e-4c5b-9a39-0a4c7f1d2e30',
  version: 5,
  stationScope: [7],
  dataOrigin: 'recorded',
  incumbentBacktest: null,
  keyId: 3,
  createdAt: instant(1_000),
  notAfter: instant(9_000),
  usual: [1],
  hash,
}

export function bundleOf(trained: Trained, facts: Partial<BundleFacts> = {}): UnsignedBundle {
  return present(buildBundle(trained, { ...bundleFacts, ...facts }), 'a bundle')
}

/** The files of a bundle with its signature. */
export function signed({ text, model, golden }: UnsignedBundle, { key }: Signer): BundleFiles {
  const signature = new Uint8Array(sign(null, manifestToSign(text), key))
  return { manifest: new TextEncoder().encode(text), signature, model, golden }
}

/** The bundle with parts replaced; its hashes are those of the files it then holds. */
export function changed(
  bundle: UnsignedBundle,
  change: {
    readonly manifest?: Partial<ModelManifest>
    readonly model?: Uint8Array
    readonly golden?: Uint8Array
  },
): UnsignedBundle {
  const { model = bundle.model, golden = bundle.golden } = change
  const own = { sha256: hash(model), goldenSha256: hash(golden) }
  const manifest: ModelManifest = { ...bundle.manifest, ...own, ...change.manifest }
  return { manifest, text: canonicalJson(manifest), model, golden }
}

export function gateOf({ publicKey }: Signer, more: Partial<BundleGate> = {}): BundleGate {
  return {
    station: 7,
    now: instant(5_000),
    current: 4,
    rollback: undefined,
    keyOf: (keyId) => (keyId === 3 ? publicKey : undefined),
    verify: (claim) =>
      verify(
        null,
        claim.message,
        createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: claim.publicKey }, format: 'jwk' }),
        claim.signature,
      ),
    hash,
    readManifest,
    readGolden,
    ...more,
  }
}
