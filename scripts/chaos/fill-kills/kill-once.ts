import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { booksHold } from '@baari/edge/app/fill/fill-books-check'
import Database from 'better-sqlite3'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cutNow, powerCutEnv } from '../power-cut/power-cut.ts'
import { readLedgerFile, type LedgerFacts } from './books-of-file.ts'
import { drivers } from './station-drivers.ts'
import type { PlaceNow, RunningStation } from './running-station.ts'
import { startSpeaker, type Speaker, type Spoken } from './spoken-lines.ts'

export type KillOutcome = {
  readonly kill: number
  readonly how: 'sigkill' | 'power-cut'
  readonly afterMs: number
  /** Killed before recovery of the kill before was over. */
  readonly inRecovery: boolean
  /** Rows of the recovery table that applied after the kill. */
  readonly rows: readonly number[]
  readonly lostGrams: number
  /** Authorises that the restarted node sent: flow that restarted by itself. */
  readonly restarted: number
  /** Redeems, intents and settles that stand twice in the ledger, of all rounds so far. */
  readonly doubledSoFar: number
  readonly settledSoFar: number
  /** Null when no copy was taken in this round. */
  readonly backupHeld: boolean | null
  readonly failures: readonly string[]
}

export type KillRound = {
  readonly station: RunningStation
  /** How the node finds the station's dispensers. */
  readonly stationFile: string
  readonly loginsFile: string
  readonly ledgerFolder: string
  readonly positions: number
  readonly prng: Prng
  /** Null kills by SIGKILL. */
  readonly cutSeed: number | null
  readonly kill: number
}

const entry = 'scripts/chaos/fill-kills/fill-node.ts'
const startsWithin = 40_000
const reportsWithin = 90_000

/** Runs a node, kills it, lets the station go on without it, restarts it and checks every nozzle. */
export async function killOnce(round: KillRound): Promise<KillOutcome> {
  const { station, prng, positions } = round
  const people = drivers(station, { prng, positions })
  const killed = await runAndKill(round)
  await people.manualSale(prng.next() < 0.3 ? wholeBetween(prng, 1, positions) : null)
  await sleep(wholeBetween(prng, 0, 1_500))
  const checked = await restartAndCheck(round)
  await people.stop()
  const world = await station.world()
  const facts = readLedgerFile(join(round.ledgerFolder, 'ledger.db'))
  return { kill: round.kill, ...killed, ...judge({ world, facts, checked }) }
}

type Killed = Pick<KillOutcome, 'how' | 'afterMs' | 'inRecovery' | 'backupHeld'>

async function runAndKill(round: KillRound): Promise<Killed> {
  const { prng, cutSeed, ledgerFolder } = round
  const environment = nodeEnvironment(round, 'run')
  const node = startSpeaker(
    entry,
    cutSeed === null ? environment : powerCutEnv({ dir: ledgerFolder, seed: cutSeed }, environment),
  )
  const inRecovery = prng.next() < 0.15
  await node.heard(({ event }) => event === (inRecovery ? 'recovering' : 'recovered'), startsWithin)
  const afterMs = wholeBetween(prng, 0, inRecovery ? 600 : 3_500)
  const copyAt = cutSeed === null && prng.next() < 0.5 ? prng.next() * afterMs : null
  const backupHeld = copyAt === null ? null : await copyAndCheck(round, copyAt)
  await sleep(copyAt === null ? afterMs : afterMs - copyAt)
  if (cutSeed === null) process.kill(node.pid, 'SIGKILL')
  else cutNow(node.pid)
  await node.ended
  const how = cutSeed === null ? 'sigkill' : 'power-cut'
  return { how, afterMs, inRecovery, backupHeld }
}

/** A copy made by SQLite's online backup from the living ledger holds up to its own hour. */
async function copyAndCheck({ ledgerFolder, kill }: KillRound, afterMs: number): Promise<boolean> {
  await sleep(afterMs)
  const copy = join(ledgerFolder, '..', `copy-${kill}.db`)
  const source = new Database(join(ledgerFolder, 'ledger.db'), { readonly: true })
  await source.backup(copy)
  source.close()
  const { books, integrity } = readLedgerFile(copy)
  rmSync(copy)
  return integrity === 'ok' && books.every(booksHold)
}

function nodeEnvironment(round: KillRound, mode: 'run' | 'check'): NodeJS.ProcessEnv {
  return {
    ...process.env,
    BAARI_KILL_LEDGER: join(round.ledgerFolder, 'ledger.db'),
    BAARI_KILL_STATION_FILE: round.stationFile,
    BAARI_KILL_LOGINS_FILE: round.loginsFile,
    BAARI_KILL_MODE: mode,
  }
}

type Checked = { readonly report: Spoken | undefined; readonly node: Speaker }

async function restartAndCheck(round: KillRound): Promise<Checked> {
  const node = startSpeaker(entry, nodeEnvironment(round, 'check'))
  const report = await node.heard(({ event }) => event === 'report', reportsWithin)
  if (report === undefined && node.pid > 0) killIfAlive(node.pid)
  await node.ended
  return { report, node }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It had ended by itself.
  }
}

type Evidence = {
  readonly world: readonly PlaceNow[]
  readonly facts: LedgerFacts
  readonly checked: Checked
}

function judge({
  world,
  facts,
  checked,
}: Evidence): Pick<
  KillOutcome,
  'rows' | 'lostGrams' | 'restarted' | 'doubledSoFar' | 'settledSoFar' | 'failures'
> {
  const { report, node } = checked
  const restarted = Number(report?.['authorises'] ?? 0)
  const lostGrams = facts.books.reduce((lost, book) => {
    const place = world.find(({ position }) => position === Number(book.key.position))
    const shown = (place?.totaliserGrams ?? 0) - book.totaliserGrams
    return lost + Math.abs(shown) + Math.abs(book.differenceGrams)
  }, 0)
  const doubledSoFar = facts.redeemedTwice + facts.authorisedTwice + facts.settledTwice + restarted
  return {
    rows: node.lines.flatMap((line) => (line.event === 'recovery' ? [Number(line['row'])] : [])),
    lostGrams,
    restarted,
    doubledSoFar,
    settledSoFar: facts.settled,
    failures: [
      ...(report === undefined ? [`no report: ${node.errors()}`] : []),
      ...(report?.['calm'] === false ? [`not at rest: ${JSON.stringify(report)}`] : []),
      ...(lostGrams === 0 ? [] : [`${lostGrams} g lost: ${JSON.stringify({ world, ...facts })}`]),
      ...(restarted === 0 ? [] : [`${restarted} authorises after a restart`]),
      ...(doubledSoFar === 0 ? [] : [`${doubledSoFar} doubled: ${JSON.stringify(facts)}`]),
      ...(facts.books.every(booksHold) ? [] : [`books: ${JSON.stringify(facts.books)}`]),
      ...(facts.integrity === 'ok' ? [] : [`integrity: ${facts.integrity}`]),
    ],
  }
}
