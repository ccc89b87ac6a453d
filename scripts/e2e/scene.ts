/** What a scene is given: where to print. */
export type SceneContext = { readonly say: (line: string) => void }

/** One story played on real processes. It throws when the story does not come out as told. */
export type Scene = {
  /** As typed: `npm run e2e -- offline-day`. */
  readonly name: string
  readonly run: (context: SceneContext) => Promise<void>
}
