import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Instant } from '@baari/shared/units/time'
import { openEngine } from '../adapters/forecast/model-engine.ts'
import { modelStore } from '../adapters/forecast/model-store.ts'
import { peakBytes } from '../runtime/peak-memory.ts'
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
import type { ModelOffer, OpenEngine } from '../ports/models.ts'

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
export type ForecastAnswer = Given & { readonly cost: ForecastCost }

type Given =
  | { readonly kind: 'forecast'; readonly forecasted: Forecasted }
  | { readonly kind: 'accept'; readonly accepted: Accepted }

/** What an answer took of the processor, all threads, and in memory: its budget is measured by it. */
export type ForecastCost = {
  /** From the start of the process to its question. */
  readonly startMs: number
  /** The runtime, the model's load and its answers. */
  readonly modelMs: number
  /** Everything else. */
  readonly restMs: number
  /** The most that was resident, bytes. */
  readonly peakBytes: number
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

async function answer(ask: ForecastAsk): Promise<ForecastAnswer> {
  const startMs = cpuMs()
  let modelMs = 0
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    const since = cpuMs()
    const done = await work()
    modelMs += cpuMs() - since
    return done
  }
  const openCounted: OpenEngine = async (...model) => {
    const engine = await counted(() => openEngine(...model))
    return {
      get kind() {
        return engine.kind
      },
      run: (table) => counted(() => engine.run(table)),
    }
  }
  const given = await answerWith(ask, openCounted)
  const restMs = cpuMs() - startMs - modelMs
  return { ...given, cost: { startMs, modelMs, restMs, peakBytes: peakBytes() } }
}

async function answerWith(ask: ForecastAsk, open: OpenEngine): Promise<Given> {
  const store = modelStore(ask.folder)
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const deps = { store, openEngine: open, hash, program: builtProgram(hash) }
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

/**
 * The hash of the built file, which names its parts by theirs. Sources name nothing: a line changed in
 * any of them is another program.
 */
function builtProgram(hash: (bytes: Uint8Array) => string): string | undefined {
  const [, file] = process.argv
  return file?.endsWith('.js') === true ? hash(readFileSync(file)) : undefined
}

runInBackground()
serveProcess(answer)
