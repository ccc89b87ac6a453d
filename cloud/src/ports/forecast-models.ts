import type { ModelCard, Training } from '@baari/shared/contracts/http/forecast-api'
import type { ModelManifest } from '@baari/shared/domain/forecast/bundle/model-manifest'
import type { GateVerdict } from '@baari/shared/domain/forecast/learning/gate'
import type { StationHistory } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import type { ModelNotes } from '@baari/shared/domain/forecast/learning/train-challenger'
import type { Instant } from '@baari/shared/units/time'

/** A model as it was trained; version and key come when it is put in service. */
export type NewModel = {
  readonly id: string
  readonly manifest: ModelManifest
  readonly model: Uint8Array
  readonly golden: Uint8Array
  readonly verdict: GateVerdict
  readonly notes: ModelNotes
  readonly trainedAt: Instant
}

export type KeptModel = Omit<NewModel, 'notes'> & { readonly version: number }

/** A model that was put in service, with what the cloud signed. */
export type ServedModel = Pick<KeptModel, 'version' | 'model' | 'golden' | 'manifest'> & {
  readonly text: string
  readonly signature: Uint8Array
}

/** A signed fact: which model is in service from now on, and which it replaces. */
export type ModelOrder = {
  readonly kind: 'promote' | 'roll_back'
  readonly version: number
  readonly replaces: number | null
  readonly by: string
  readonly at: Instant
  readonly body: string
  readonly signature: Uint8Array
}

/** Models of the fleet. One is in service at most, and one is in shadow; both by constraint. */
export type ForecastModels = {
  /** What stations recorded since then, by what their ops say; a day without any op is unknown. */
  histories(since: Instant): Promise<readonly StationHistory[]>
  inService(): Promise<ServedModel | undefined>
  inShadow(): Promise<KeptModel | undefined>
  /** Takes a model up, in shadow when it passed the gate; an older one in shadow is retired. */
  add(model: NewModel): Promise<number>
  setAside(version: number): Promise<void>
  /** Puts a model in service and the one before out of it, with the order. */
  carryOut(order: ModelOrder, signed?: { text: string; signature: Uint8Array }): Promise<void>
  served(version: number): Promise<ServedModel | undefined>
  /** The version that this one replaced when it was promoted. */
  replacedBy(version: number): Promise<number | undefined>
  /** What the inputs were like in the training; empty where nothing was noted. */
  inputsOf(version: number): Promise<ModelNotes['inputs']>
  cards(): Promise<readonly ModelCard[]>
}

/** Trainings that were asked for; at most one is waiting or running. */
export type Trainings = {
  /** The one that is open already, or a new one. */
  ask(by: string, id: string): Promise<Training>
  byId(id: string): Promise<Training | undefined>
  /** The newest ones first. */
  latest(): Promise<readonly Training[]>
  /** Start of the newest training that was asked for; undefined before the first. */
  newest(): Promise<Instant | undefined>
  /** The waiting one, or one whose process ended in the middle of it, now running here. */
  claim(): Promise<Training | undefined>
  progress(id: string, done: number, steps: number): Promise<void>
  end(id: string, how: { readonly version: number } | { readonly reason: string }): Promise<void>
}
