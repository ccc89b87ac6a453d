import type { ModelOfferWire } from '@baari/shared/contracts/http/forecast-api'
import { canonicalJson } from '@baari/shared/domain/forecast/bundle/canonical-json'
import { rollbackToSign } from '@baari/shared/domain/forecast/bundle/model-manifest'
import type { PromoteDeps } from './promote-models.ts'

/**
 * What a station that has `current` is given: the model in service, with an order of its own when
 * that is an older one. Undefined when it has it, or none is in service.
 */
export async function offerModel(
  { models, signer, clock }: PromoteDeps,
  { station, current }: { readonly station: number; readonly current: number },
): Promise<ModelOfferWire | undefined> {
  const served = await models.inService()
  if (served === undefined || served.version === current) return undefined
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  return {
    manifest: served.text,
    signature: base64(served.signature),
    model: base64(served.model),
    golden: base64(served.golden),
    rollback: served.version > current ? null : orderFor(served.version),
  }

  function orderFor(to: number): NonNullable<ModelOfferWire['rollback']> {
    const keyId = signer.keyId()
    const order = canonicalJson({ station, from: current, to, issuedAtMs: clock.now(), keyId })
    return { order, signature: base64(signer.sign(keyId, rollbackToSign(order))) }
  }
}
