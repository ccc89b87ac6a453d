import { modelOffer, type ModelOfferWire } from '@baari/shared/contracts/http/forecast-api'
import { minutes, monoAfter, seconds, type Mono } from '@baari/shared/units/time'
import type { SessionKeeper } from '../../app/sync/session-keeper.ts'
import type { ModelOffer, ModelSource } from '../../ports/models.ts'
import { exchange, type ExchangeDeps } from './exchange.ts'

export type CloudModelsDeps = Omit<ExchangeDeps, 'onTime'> & {
  readonly keeper: Pick<SessionKeeper, 'ensure'>
}

/** A model changes at most once a night. */
const every = minutes(10)
/** After a refusal nothing else can be expected before somebody has acted. */
const everyAfterRefusal = minutes(60)
/** Some MB over a slow line. */
const deadline = seconds(120)

/** The model the cloud has in service, asked for now and then; no link is no offer. */
export function cloudModels({ keeper, ...line }: CloudModelsDeps): ModelSource {
  let next: Mono | undefined
  return {
    async next(current, signal) {
      const now = line.clock.mono()
      if (next !== undefined && now < next) return undefined
      next = monoAfter(now, every)
      const session = await keeper.ensure(undefined, signal)
      if (session === undefined) return undefined
      const answer = await exchange(line, {
        path: `/v1/model?current=${current}`,
        method: 'GET',
        headers: { authorization: `Bearer ${session.token}` },
        ...{ deadline, signal },
        read: async (response) =>
          response.status === 204 ? undefined : modelOffer.parse(await response.json()),
      })
      return answer.ok ? answer.value && offerOf(answer.value) : undefined
    },
    aside(refused) {
      if (refused !== undefined) next = monoAfter(line.clock.mono(), everyAfterRefusal)
    },
  }
}

function offerOf({ manifest, signature, model, golden, rollback }: ModelOfferWire): ModelOffer {
  const text = new TextEncoder()
  return {
    files: {
      manifest: text.encode(manifest),
      signature: bytesOf(signature),
      model: bytesOf(model),
      golden: bytesOf(golden),
    },
    rollback: rollback === null ? undefined : orderOf(rollback),
  }

  function orderOf({ order, signature: signed }: NonNullable<ModelOfferWire['rollback']>) {
    return { order: text.encode(order), signature: bytesOf(signed) }
  }
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
