import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** What a scene is given. Everything it starts, it hands to `atEnd`. */
export type SceneContext = {
  /** First of a hundred ports that are this run's own. */
  readonly portBase: number
  /** Empty at the start, removed at the end. */
  readonly folder: string
  /** Where pictures and videos of this run are kept. */
  readonly pictures: string
  /** True when the scene was asked for by name: every picture; otherwise the short form for CI. */
  readonly full: boolean
  /** Says on one line what follows. */
  step(what: string): void
  /** Says what was seen and is worth keeping in the log, below its step. */
  note(what: string): void
  /** Keeps `NN-what.png` and answers its path. */
  picture(page: Page, what: string): Promise<string>
  /** Keeps a picture of this page as `failed-*.png`, should the scene fail. */
  watch(page: Page): void
  /** Ended in reverse order when the scene is over, also after a failure. */
  atEnd(end: () => Promise<void>): void
}

export type Scene = {
  readonly name: string
  /** What it shows, for `npm run e2e -- --list`. */
  readonly shows: string
  /** Why this machine cannot run it; absent when it can. */
  missing?(): string | undefined
  run(context: SceneContext): Promise<void>
}

/** Where the pictures of a scene go: the run's output, looked at by a person. */
export const pictureFolder = (scene: string): string => join('out/e2e', scene)
