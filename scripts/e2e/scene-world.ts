import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { placesFrom } from '../dev/world/places.ts'
import type { StationChanges } from '../dev/world/seed.ts'
import { startWorld, type World } from '../dev/world/start-world.ts'
import type { SceneContext } from './scene.ts'

export type SceneWorld = {
  readonly world: World
  readonly cloudUrl: string
  readonly kioskUrl: string
  readonly sandboxUrl: string
  readonly controlUrl: string
}

export type SceneWorldOptions = {
  /** Some real head gives 150 g/s; a scene may take more, so that a fill lasts seconds. */
  readonly flowGramsPerSecond: number
  readonly station?: StationChanges
}

const local = (port: number): string => `http://127.0.0.1:${port}`

/** The whole world in the scene's own folder; nobody comes, lifts or hangs up by himself. */
export async function startSceneWorld(
  context: SceneContext,
  { flowGramsPerSecond, station = {} }: SceneWorldOptions,
): Promise<SceneWorld> {
  const places = placesFrom(context.portBase)
  const secretsFolder = join(context.folder, 'secrets')
  mkdirSync(secretsFolder, { mode: 0o700 })
  context.atEnd(() => {
    const logs = join(context.folder, 'world/logs')
    if (existsSync(logs)) cpSync(logs, join(context.pictures, 'logs'), { recursive: true })
    return Promise.resolve()
  })
  const world = await startWorld({
    folder: join(context.folder, 'world'),
    secretsFolder,
    places,
    flowGramsPerSecond,
    autopilot: false,
    station,
    say: (line) => context.note(line),
  })
  context.atEnd(() => world.stop())
  return {
    world,
    cloudUrl: local(places.cloud),
    kioskUrl: local(places.edge),
    sandboxUrl: local(places.sandbox),
    controlUrl: local(places.stationControl),
  }
}
