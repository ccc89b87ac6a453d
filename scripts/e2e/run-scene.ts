import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Page } from 'playwright-core'
import { temporaryFolder } from '../dev/temporary-folder.ts'
import { failureOf, type SceneFailure } from './scene-failure.ts'
import { pictureFolder, type Scene, type SceneContext } from './scene.ts'

export type Outcome = 'passed' | 'failed' | 'skipped'

export type Played = {
  readonly outcome: Outcome
  /** The first thing that went wrong. */
  readonly failure?: SceneFailure
}

export type SceneRun = {
  readonly played: Promise<Played>
  /** Ends what the scene has started, as at its own end. */
  stop(): Promise<void>
}

export type RunOptions = Pick<SceneContext, 'portBase' | 'full'>

/** Runs one scene with a folder of its own and ends everything it started, whatever happens. */
export function runScene(scene: Scene, { portBase, full }: RunOptions): SceneRun {
  const reason = scene.missing?.()
  if (reason !== undefined) {
    console.log(`\n${scene.name}: skipped, ${reason}`)
    return { played: Promise.resolve({ outcome: 'skipped' }), stop: () => Promise.resolve() }
  }
  console.log(`\n${scene.name}: ${scene.shows}`)
  const startedAt = performance.now()
  const folder = temporaryFolder(`e2e-${scene.name}`)
  const ends: (() => Promise<void>)[] = [
    () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  ]
  const watched: Page[] = []
  const stage = { now: 'before its first step' }
  const context = contextOf({
    ...{ scene: scene.name, portBase, full, folder, startedAt },
    ...{ ends, watched, stage },
  })
  const took = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  const play = async (): Promise<Played> => {
    const failures: SceneFailure[] = []
    try {
      await scene.run(context)
    } catch (error) {
      failures.push(failureOf(stage.now, error))
      console.error(error)
      await pictureFailure(watched, context.pictures)
    }
    const unclean = await endAll(ends)
    failures.push(...unclean.map((error) => failureOf('the end of what it had started', error)))
    const [failure] = failures
    const outcome = failure === undefined ? 'passed' : 'failed'
    console.log(`${scene.name}: ${outcome} (${took()})`)
    return { outcome, ...(failure && { failure }) }
  }
  return {
    played: play(),
    stop: async () => {
      await endAll(ends)
    },
  }
}

async function pictureFailure(pages: readonly Page[], folder: string): Promise<void> {
  for (const [index, page] of pages.entries()) {
    // A page that has crashed has no picture; the error said before is what matters.
    await page.screenshot({ path: join(folder, `failed-${index + 1}.png`) }).catch(() => undefined)
  }
}

/** What was thrown by those that could not end what they had started. */
async function endAll(ends: (() => Promise<void>)[]): Promise<readonly unknown[]> {
  const thrown: unknown[] = []
  for (const end of ends.splice(0).reverse()) {
    try {
      await end()
    } catch (error) {
      thrown.push(error)
      console.error(error)
    }
  }
  return thrown
}

type ContextParts = RunOptions & {
  readonly scene: string
  readonly folder: string
  readonly startedAt: number
  readonly ends: (() => Promise<void>)[]
  readonly watched: Page[]
  /** The step that is on, for who reports a failure. */
  readonly stage: { now: string }
}

function contextOf({
  scene,
  ends,
  watched,
  startedAt,
  stage,
  ...rest
}: ContextParts): SceneContext {
  const pictures = pictureFolder(scene)
  rmSync(pictures, { recursive: true, force: true })
  mkdirSync(pictures, { recursive: true })
  let taken = 0
  return {
    ...rest,
    pictures,
    step(what) {
      stage.now = what
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
      console.log(`${seconds} s  ${what}`)
    },
    note: (what) => console.log(`          ${what}`),
    async picture(page, what) {
      taken += 1
      const path = join(pictures, `${String(taken).padStart(2, '0')}-${what}.png`)
      await page.screenshot({ path })
      return path
    },
    watch: (page) => watched.push(page),
    atEnd: (end) => ends.push(end),
  }
}
