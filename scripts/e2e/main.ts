import { commandLine } from '../dev/command-line.ts'
import { runScene, type Outcome, type Played, type RunOptions, type SceneRun } from './run-scene.ts'
import { failureReport, type Tries } from './scene-failure.ts'
import type { Scene } from './scene.ts'
import { scene as driverGallery } from './scenes/driver-gallery.ts'
import { scene as firstStation } from './scenes/first-station.ts'
import { scene as arrivals } from './scenes/journeys/j1-arrivals.ts'
import { scene as pageClosed } from './scenes/journeys/j1-page-closed.ts'
import { scene as tout } from './scenes/journeys/j10-tout.ts'
import { scene as regulator } from './scenes/journeys/j12-regulator.ts'
import { scene as oneToOne } from './scenes/journeys/j3-one-to-one.ts'
import { scene as walkIn } from './scenes/journeys/j3-walk-in.ts'
import { scene as dispenserFails } from './scenes/journeys/j5-dispenser-fails.ts'
import { scene as supplyCut } from './scenes/journeys/j7-supply-cut.ts'
import { scene as shiftChange } from './scenes/journeys/j8-shift-change.ts'
import { scene as retime } from './scenes/journeys/j9-retime.ts'
import { scene as kioskGallery } from './scenes/kiosk-gallery.ts'
import { scene as offlineDay } from './scenes/offline-day.ts'
import { scene as pages } from './scenes/pages.ts'

/** The design's journeys, as far as scenes show them (docs/journeys.md). */
const journeys: readonly Scene[] = [
  ...[arrivals, pageClosed, walkIn, oneToOne, dispenserFails],
  ...[supplyCut, shiftChange, retime, tout, regulator],
]
const usual = [firstStation, offlineDay, pages, kioskGallery, driverGallery]
const scenes: readonly Scene[] = [...usual, ...journeys]

/**
 * `npm run e2e [-- --journeys | scene...]`: real processes and browsers; a scene named is run at full
 * length, and of the journeys the quickest among the usual ones.
 */
async function main(): Promise<number> {
  const { values, positionals } = commandLine({
    allowPositionals: true,
    options: {
      journeys: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      'port-base': { type: 'string', default: '7600' },
    },
  })
  if (values.list) {
    for (const { name, shows } of scenes) console.log(`${name.padEnd(16)} ${shows}`)
    return 0
  }
  const unknown = positionals.filter((name) => !scenes.some((scene) => scene.name === name))
  if (unknown.length > 0) {
    console.error(
      `no scene ${unknown.join(', ')}; there are ${scenes.map((s) => s.name).join(', ')}`,
    )
    return 2
  }
  const full = positionals.length > 0
  const asked = values.journeys ? journeys : [...usual, retime]
  const wanted = full ? scenes.filter(({ name }) => positionals.includes(name)) : asked
  const { counts, tries } = await runAll(wanted, { full, portBase: Number(values['port-base']) })
  // Once more at the end, where a reader of a long log looks first.
  const report = failureReport(tries)
  if (report.length > 0) console.log(['', ...report].join('\n'))
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts.failed === 0 ? 0 : 1
}

type Run = { readonly counts: Record<Outcome, number>; readonly tries: readonly Tries[] }

async function runAll(wanted: readonly Scene[], options: RunOptions): Promise<Run> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const tries: Tries[] = []
  const playing: { run?: SceneRun } = {}
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      // What a scene started lives in groups of its own and would outlive us.
      void (playing.run?.stop() ?? Promise.resolve()).finally(() => process.exit(130))
    })
  }
  const play = (scene: Scene): Promise<Played> => {
    playing.run = runScene(scene, options)
    return playing.run.played
  }
  for (const scene of wanted) {
    const played = [await play(scene)]
    while (played.at(-1)?.outcome === 'failed' && played.length < mostTries) {
      played.push(await play(scene))
    }
    const outcome = played.at(-1)?.outcome ?? 'skipped'
    const failures = played.flatMap(({ failure }) => failure ?? [])
    tries.push({ scene: scene.name, failures, passed: outcome === 'passed' })
    counts[outcome] += 1
  }
  return { counts, tries }
}

/**
 * On a build machine a scene that failed is played once more in a fresh world, and the log says so:
 * five processes and a browser on a busy machine. At a developer's desk it fails at once.
 */
const mostTries = process.env['CI'] === undefined ? 1 : 2

process.exit(await main())
