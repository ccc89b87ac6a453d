import { canonicalJson } from '@baari/shared/domain/forecast/bundle/canonical-json'
import { manifestToSign } from '@baari/shared/domain/forecast/bundle/model-manifest'
import { shadowResult } from '@baari/shared/domain/forecast/learning/shadow-result'
import type { RunnableModel } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import { readOutputs } from '@baari/shared/domain/forecast/onnx/read-ensemble'
import { readOnnx } from '@baari/shared/domain/forecast/onnx/read-model'
import type { Clock } from '@baari/shared/runtime/clock'
import { after, before, hours } from '@baari/shared/units/time'
import type { ForecastModels, KeptModel, ModelOrder } from '../../ports/forecast-models.ts'
import type { CloudSigner } from '../../ports/signing-keys.ts'

export type PromoteDeps = {
  readonly models: ForecastModels
  readonly signer: CloudSigner
  readonly clock: Pick<Clock, 'now'>
}

const shadowTime = hours(48)
/** History the features of the shadow's days reach back to. */
const historyTime = hours(24 * 90)
/** A model is good for so long; a station that hears nothing of a newer one goes back to naive. */
const validity = hours(24 * 180)
/** Below a day of one series nothing is said of the shadow; it waits. */
const rowsMin = 96
/** What a challenger may be worse by in two days: those are few, the gate has had four weeks. */
const worseMax = 0.05

export type Promotion = 'none' | 'waits' | 'set_aside' | 'promoted'

/**
 * Puts the model in shadow in service once two days have shown it no worse than the one it replaces.
 * Safe to run again and in several processes: the constraint lets one model be in service.
 */
export async function promoteModels({ models, signer, clock }: PromoteDeps): Promise<Promotion> {
  const challenger = await models.inShadow()
  if (challenger === undefined) return 'none'
  const now = clock.now()
  if (now < after(challenger.trainedAt, shadowTime)) return 'waits'
  const current = await models.inService()
  const runnable = runnableOf(challenger)
  if (runnable === undefined) {
    await models.setAside(challenger.version)
    return 'set_aside'
  }
  const histories = await models.histories(before(now, historyTime))
  const { rows, gain } = shadowResult(histories, {
    model: runnable,
    champion: current && runnableOf(current),
    since: challenger.trainedAt,
  })
  if (rows < rowsMin) return 'waits'
  if (gain < -worseMax) {
    await models.setAside(challenger.version)
    return 'set_aside'
  }
  const { version } = challenger
  const keyId = signer.keyId()
  const text = canonicalJson({
    ...challenger.manifest,
    ...{ version, keyId, createdAtMs: now, notAfterMs: after(now, validity) },
  })
  const signature = signer.sign(keyId, manifestToSign(text))
  const what = { kind: 'promote', version, replaces: current?.version ?? null } as const
  await models.carryOut(signedOrder({ signer, clock }, what, 'shadow'), { text, signature })
  return 'promoted'
}

/** A person's act: an older model serves again. False where none of this version ever has. */
export async function rollBack(
  { models, signer, clock }: PromoteDeps,
  { version, by }: { readonly version: number; readonly by: string },
): Promise<boolean> {
  const [wanted, current] = [await models.served(version), await models.inService()]
  if (wanted === undefined || current === undefined || current.version === version) return false
  const what = { kind: 'roll_back', version, replaces: current.version } as const
  await models.carryOut(signedOrder({ signer, clock }, what, by))
  return true
}

type Ordered = Pick<ModelOrder, 'kind' | 'version' | 'replaces'>

function signedOrder(
  { signer, clock }: Pick<PromoteDeps, 'signer' | 'clock'>,
  what: Ordered,
  by: string,
): ModelOrder {
  const at = clock.now()
  const keyId = signer.keyId()
  const body = canonicalJson({ ...what, by, atMs: at, keyId })
  const message = new TextEncoder().encode(`baari/model-order/1\n${body}`)
  return { ...what, by, at, body, signature: signer.sign(keyId, message) }
}

/** The model with its trees, read from the bytes that stations are given. */
export function runnableOf({
  manifest,
  model,
}: Pick<KeptModel, 'manifest' | 'model'>): RunnableModel | undefined {
  const graph = readOnnx(model)
  const names = manifest.featureSchema.map(({ name }) => name)
  const outputs = graph && readOutputs(graph, names)
  return outputs && { manifest, outputs }
}
