import type { BundleFiles } from '@baari/shared/domain/forecast/bundle/accept-bundle'
import type { ModelAnswers } from '@baari/shared/domain/forecast/bundle/golden-rows'
import type { ReadOutput } from '@baari/shared/domain/forecast/onnx/read-ensemble'
import type { PackedOutput } from '@baari/shared/domain/forecast/trees/packed-trees'
import type { FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'

/** A bundle that was accepted here, as it lies on the disk now: it may have been damaged since. */
export type StoredBundle = Omit<BundleFiles, 'signature'> & {
  readonly version: number
  /** SHA-256 of the manifest when it was accepted, hex. */
  readonly manifestSha256: string
  /** Reads its trees as they were packed then; undefined where they were not. */
  readonly packed: (() => Uint8Array | undefined) | undefined
}

/**
 * Accepted bundles. Promises: `put` is durable before it returns, and a power cut during it leaves
 * the one in use as it was; the one before is kept.
 */
export type ModelStore = {
  /** Bundles to try, the one in use first; those that cannot be read are left out. */
  stored(): readonly StoredBundle[]
  /** Highest version ever put in use by a `put`, also where its files are damaged; 0 without one. */
  current(): number
  put(
    bundle: Omit<StoredBundle, 'packed'> & {
      readonly signature: Uint8Array
      readonly packed: Uint8Array | undefined
    },
  ): void
  /** What was kept of a week; undefined when nothing was, or it cannot be read. A `put` forgets it. */
  kept(): Uint8Array | undefined
  /** Keeps a week, whole or not at all; to lose it costs time and nothing else. */
  keep(bytes: Uint8Array): void
}

/** What answers rows of features: the runtime, or our own evaluation where it is missing. */
export type ModelEngine = {
  /**
   * What has answered, or will: the runtime; the packed trees, which answer the same to the bit; or
   * our plain evaluation, which answers nearly the same.
   */
  readonly kind: 'onnx' | 'packed' | 'trees'
  /** Loads the model and lets it go again; rejects where it cannot be read at all. */
  run(table: FeatureTable): Promise<ModelAnswers>
}

/**
 * Makes an engine of a model; a runtime that is missing is made up for by the trees. Rejects only
 * where those cannot be read either.
 */
export type OpenEngine = (
  model: Uint8Array,
  readTrees: () => readonly ReadOutput[] | undefined,
  readPacked?: () => readonly PackedOutput[] | undefined,
) => Promise<ModelEngine>

/** A bundle somebody offers, with the order that allows it when it is an older one. */
export type ModelOffer = {
  readonly files: BundleFiles
  readonly rollback: { readonly order: Uint8Array; readonly signature: Uint8Array } | undefined
}

/** Where new models come from. An offer is made again until it is put aside. */
export type ModelSource = {
  /** @param current version in use @throws when the source cannot be asked */
  next(current: number, signal: AbortSignal): Promise<ModelOffer | undefined>
  /** The offer was answered: taken, or refused with this code. */
  aside(refused: string | undefined): void
}
