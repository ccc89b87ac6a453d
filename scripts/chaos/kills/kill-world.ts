import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Prng } from '@baari/shared/runtime/chance'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { forecourtCaller, type ForecourtCaller } from '../../clients/forecourt-caller.ts'
import { openLiveFeed } from '../../clients/live-feed.ts'
import { signInAtNode } from '../../clients/node-caller.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import { writeSimulatedLogin } from '../../clients/simulated-login.ts'
import { killStationFile } from './kill-station-file.ts'
import { startStation } from './running-station.ts'
import { writeNodeFolder, type NodeFolder } from './node-folder.ts'
import { startNode, type NodeLife } from './node-life.ts'
import { restAndCheck, type Rest } from './rest.ts'
import { vehiclesOf, type Screen, type Vehicles } from './vehicles.ts'

export type KillWorldOptions = {
  readonly driver: string
  readonly positions: number
  readonly kills: number
  readonly seed: number
  /** Every second kill is a power cut; none where this machine cannot cut. */
  readonly powerCuts: boolean
  readonly say: (line: string) => void
}

type Where = 'start' | 'vehicles' | 'authorise'

export type Kill = {
  readonly kill: number
  readonly how: 'sigkill' | 'power-cut'
  /** From the start of the process, the first vehicle or the first authorise of this life on. */
  readonly where: Where
  readonly afterMs: number
  readonly tookMs: number
}

export type KillWorldResult = {
  readonly kills: readonly Kill[]
  readonly lost: number
  readonly restarted: number
  readonly doubled: number
  readonly settled: number
  readonly failures: readonly string[]
  /** Kept for whoever looks into a failure; null where everything held. */
  readonly folder: string | null
}

/** Fills of a second or two at the fastest flow that the node believes a head (lanes.md). */
const flowGramsPerSecond = 700
/** An authorise that a kill met is waited out; the shortest that a station file may say. */
const authoriseValidS = 3
/** Of the kills in a start some meet the recovery; of those after an authorise, every part of a fill. */
const moments = {
  start: { share: 0.2, mostMs: 1_200 },
  vehicles: { share: 0.2, mostMs: 1_500 },
  authorise: { share: 0.6, mostMs: 4_500 },
} as const
const authorisesWithinMs = 15_000
const screenWithinMs = 60_000
const lookEveryMs = 100
const sayEvery = 20
const deadMs = 300
const manualMs = 400

/**
 * One station whose node is killed again and again. Its dispensers are a process of their own and
 * deliver on; every life of the node that is let live long enough is held against them at rest,
 * before anybody gives it a word, and then sells until it is killed.
 */
export async function runKillWorld(options: KillWorldOptions): Promise<KillWorldResult> {
  const world = await startWorld(options)
  const results: Mutable = { kills: [], rests: [], failures: [] }
  try {
    await killAll(world, options, results)
  } catch (reason) {
    results.failures.push(
      reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
    )
  }
  for (const failure of results.failures) options.say(`FAILED ${options.driver}: ${failure}`)
  // Whatever failed, no node of ours stays behind.
  await world.lives.at(-1)?.kill()
  const kept = results.failures.length > 0
  await world.stop({ keep: kept })
  return resultOf(results, { driver: options.driver, folder: kept ? world.folder : null })
}

async function killAll(world: World, options: KillWorldOptions, results: Mutable): Promise<void> {
  for (let kill = 1; kill <= options.kills; kill += 1) {
    const prng = seededPrng(options.seed * 100_003 + kill)
    await oneKill(world, { kill, prng, options }, results)
    if (kill % sayEvery === 0) options.say(`${options.driver}: ${kill} kills`)
    if (results.failures.length > 0) return
  }
  await liveAndCheck(world, null, results)
}

function resultOf(
  { kills, rests, failures }: Mutable,
  { driver, folder }: { readonly driver: string; readonly folder: string | null },
): KillWorldResult {
  const sum = (of: (rest: Rest) => number): number =>
    rests.reduce((total, rest) => total + of(rest), 0)
  // What stands twice is counted over the whole file, grams and restarts for each life alone.
  const { doubled, settled } = rests.at(-1) ?? { doubled: 0, settled: 0 }
  return {
    ...{ kills, doubled, settled, folder },
    lost: sum(({ lostGrams }) => lostGrams),
    restarted: sum(({ restarted }) => restarted),
    failures: failures.map((failure) => `${driver}: ${failure}`),
  }
}

type Mutable = { readonly kills: Kill[]; readonly rests: Rest[]; readonly failures: string[] }

type World = {
  readonly folder: string
  readonly dataFolder: string
  readonly node: NodeFolder
  readonly forecourt: ForecourtCaller
  readonly vehicles: Vehicles
  /** Of the node, the last of them perhaps not over. */
  readonly lives: NodeLife[]
  stop(how: { readonly keep: boolean }): Promise<void>
}

async function startWorld({ driver, positions, seed }: KillWorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), `baari-kills-${driver}-`))
  const dataFolder = join(folder, 'data')
  const loginsFile = writeSimulatedLogin(dataFolder)
  const station = await startStation({ positions, seed, driver, loginsFile, flowGramsPerSecond })
  const node = await writeNodeFolder(
    dataFolder,
    killStationFile({ driver, positions, ports: station.busPorts, authoriseValidS }),
  )
  const forecourt = forecourtCaller(station.controlUrl)
  return {
    ...{ folder, dataFolder, node, forecourt, lives: [] },
    vehicles: vehiclesOf({ forecourt, press: node.press, prng: seededPrng(seed) }),
    async stop({ keep }) {
      await station.close()
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Round = { readonly kill: number; readonly prng: Prng; readonly options: KillWorldOptions }

async function oneKill(world: World, { kill, prng, options }: Round, results: Mutable) {
  const began = performance.now()
  const cutSeed =
    options.powerCuts && (options.seed + kill) % 2 === 0 ? wholeBetween(prng, 1, 1e9) : null
  const where = whereOf(prng.next())
  const afterMs = wholeBetween(prng, 0, moments[where].mostMs)
  if (where === 'start') {
    const life = startLife(world, cutSeed)
    await sleep(afterMs)
    await life.kill()
  } else {
    const { life, screen } = await liveAndCheck(world, cutSeed, results)
    const coming = world.vehicles.come(screen)
    if (where === 'authorise') await firstAuthorise(world.forecourt)
    await sleep(afterMs)
    if (life.ended()) results.failures.push('the node ended by itself')
    await life.kill()
    screen.feed.close()
    await coming.stop()
  }
  await whileDead(world.forecourt, { prng, options })
  const tookMs = Math.round(performance.now() - began)
  const how = cutSeed === null ? 'sigkill' : 'power-cut'
  results.kills.push({ kill, how, where, afterMs, tookMs })
}

function whereOf(chance: number): Where {
  if (chance < moments.start.share) return 'start'
  return chance < moments.start.share + moments.vehicles.share ? 'vehicles' : 'authorise'
}

/** A station whose positions all wait out an authorise of before is killed without. */
async function firstAuthorise(forecourt: ForecourtCaller): Promise<void> {
  const count = async (): Promise<number> =>
    (await forecourt.heads()).reduce((sum, { authorisations }) => sum + authorisations, 0)
  const [before, until] = [await count(), performance.now() + authorisesWithinMs]
  while ((await count()) === before && performance.now() < until) await sleep(lookEveryMs)
}

function startLife({ dataFolder, folder, lives }: World, cutSeed: number | null): NodeLife {
  const life = startNode({ folder: dataFolder, logFile: join(folder, 'node.log'), cutSeed })
  lives.push(life)
  return life
}

/** A start, and everything held at rest before anybody gives the node a word. */
async function liveAndCheck(
  world: World,
  cutSeed: number | null,
  { rests, failures }: Mutable,
): Promise<{ readonly life: NodeLife; readonly screen: Screen }> {
  const { forecourt, node: folder, dataFolder } = world
  const authorisedBefore = new Map(
    (await forecourt.heads()).map(({ position, authorisations }) => [position, authorisations]),
  )
  const life = startLife(world, cutSeed)
  const screen = await waitUntil(
    { what: 'a screen of the node', withinMs: screenWithinMs, everyMs: lookEveryMs },
    () => signIn(life, folder),
  )
  const rest = await restAndCheck({
    ...{ forecourt, feed: screen.feed, authorisedBefore, ended: life.ended },
    ledgerFile: join(dataFolder, 'ledger.db'),
  })
  rests.push(rest)
  failures.push(...rest.failures)
  return { life, screen }
}

/** Rejects while the node is starting, and on a machine too busy to answer in time. */
async function signIn(life: NodeLife, { attendant }: NodeFolder): Promise<Screen> {
  const home = life.home()
  if (home === undefined) throw new Error(`no node yet: ${life.lastWords()}`)
  const node = await signInAtNode(home, attendant)
  return { node, feed: await openLiveFeed(home, node.cookie()) }
}

/** People go on while the node is dead; now and then somebody sells by hand. */
async function whileDead(forecourt: ForecourtCaller, { prng, options }: Omit<Round, 'kill'>) {
  const position = wholeBetween(prng, 1, options.positions)
  const wantsGrams = wholeBetween(prng, 100, 250)
  await sleep(wholeBetween(prng, 0, deadMs))
  if (prng.next() > 0.25) return
  const head = (await forecourt.heads()).find((one) => one.position === position)
  if (head?.state !== 'idle') return
  await forecourt.sellsByHand(position, true)
  await forecourt.arrives(position, wantsGrams)
  await forecourt.liftNozzle(position)
  await sleep(manualMs)
  await forecourt.hangUp(position)
  await forecourt.leaves(position)
  await forecourt.sellsByHand(position, false)
}
