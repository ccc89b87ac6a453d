import { createHash } from 'node:crypto'
import type { Instant } from '@baari/shared/units/time'
import { openEngine } from '../adapters/forecast/model-engine.ts'
import { modelStore } from '../adapters/forecast/model-store.ts'
import { serveProcess } from '../runtime/process-call.ts'
import { runInBackground } from '../adapters/system/background-thread.ts'
import { ed25519Verifier } from '../adapters/system/ed25519.ts'
import type { Accepted } from '../app/forecast/forecaster.ts'
import {
  acceptModel,
  forecastWeek,
  type ForecastAsked,
  type Forecasted,
} from '../app/forecast/forecast-work.ts'
import type { ModelOffer } from '../ports/models.ts'

/** What the forecast process is asked, and what it answers. */
export type ForecastAsk = { readonly folder: string } & (
  | { readonly kind: 'forecast'; readonly past: ForecastAsked }
  | {
      readonly kind: 'accept'
      readonly offer: ModelOffer
      readonly station: number
      readonly now: Instant
      /** Cloud keys in force: number and public key, base64url. */
      readonly keys: readonly (readonly [number, string])[]
    }
)
export type ForecastAnswer =
  | { readonly kind: 'forecast'; readonly forecasted: Forecasted }
  | { readonly kind: 'accept'; readonly accepted: Accepted }

async function answer(ask: ForecastAsk): Promise<ForecastAnswer> {
  const store = modelStore(ask.folder)
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const deps = { store, openEngine, hash }
  if (ask.kind === 'forecast') {
    return { kind: 'forecast', forecasted: await forecastWeek(ask.past, deps) }
  }
  const keys = new Map(ask.keys)
  const by = {
    ...{ station: ask.station, now: ask.now },
    keyOf: (keyId: number) => keys.get(keyId),
    verify: ed25519Verifier(),
  }
  const accepted = await acceptModel(ask.offer, by, deps)
  return {
    kind: 'accept',
    accepted: accepted.ok ? { version: accepted.value } : { refused: accepted.error },
  }
}

runInBackground()
serveProcess(answer)
