import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { randomInt } from 'node:crypto'
import { SetupError } from '../setup-error.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { placesFrom, refuseTakenPorts, type Places } from './places.ts'
import type { StationChanges } from './seed.ts'
import { startWorld, type World, type WorldOptions } from './start-world.ts'

export type FreshWorld = World & { readonly folder: string; readonly places: Places }

export type FreshWorldOptions = Pick<
  WorldOptions,
  'flowGramsPerSecond' | 'autopilot' | 'builtEdge' | 'ways' | 'say'
> & {
  readonly name: string
  /** Prepares the folder before anything starts; answers the node's environment and its undoing. */
  readonly prepare?: (folder: string) => {
    readonly edgeEnv: Readonly<Record<string, string>>
    readonly stationWorldFile: string
    undo(): void
  }
  /** What its station has otherwise, known once the ports are. */
  readonly station?: (places: Places) => StationChanges
}

/** A world of its own in a new folder on free ports, emptied when stopped. */
export async function startFreshWorld(options: FreshWorldOptions): Promise<FreshWorld> {
  const folder = temporaryFolder(options.name)
  const prepared = options.prepare?.(folder)
  const remove = (): void => {
    prepared?.undo()
    rmSync(folder, { recursive: true, force: true })
  }
  const secretsFolder = join(folder, 'secrets')
  mkdirSync(secretsFolder, { recursive: true, mode: 0o700 })
  try {
    const places = await freePlaces()
    const world = await startWorld({
      folder,
      secretsFolder,
      places,
      flowGramsPerSecond: options.flowGramsPerSecond,
      autopilot: options.autopilot,
      builtEdge: options.builtEdge ?? false,
      say: options.say,
      station: options.station?.(places) ?? {},
      ways: options.ways ?? {},
      ...(prepared && { edgeEnv: prepared.edgeEnv, stationWorldFile: prepared.stationWorldFile }),
    })
    return {
      ...world,
      folder,
      places,
      async stop() {
        await world.stop()
        remove()
      },
    }
  } catch (reason) {
    remove()
    throw reason
  }
}

const tries = 20

/** Ports below the system's own range, so that no outgoing connection takes one meanwhile. */
async function freePlaces(): Promise<Places> {
  for (let tried = 0; tried < tries; tried += 1) {
    const places = placesFrom(10_000 + 100 * randomInt(200))
    try {
      await refuseTakenPorts(places)
      return places
    } catch (reason) {
      if (!(reason instanceof SetupError)) throw reason
    }
  }
  throw new SetupError('no hundred free ports between 10000 and 30000')
}
