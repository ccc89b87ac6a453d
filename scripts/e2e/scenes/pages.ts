import assert from 'node:assert/strict'
import { placesFrom } from '../../dev/world/places.ts'
import { chromiumMissing } from '../browser.ts'
import { measurePages } from '../pages/measure-pages.ts'
import { startSceneWorld } from '../scene-world.ts'
import type { Scene } from '../scene.ts'

/** Hard limit of the driver's page (screens.md section 4); the largest paint has a goal. */
const mostKb = 200
const paintGoalMs = 2_500

export const scene: Scene = {
  name: 'pages',
  shows: "the first load of the driver's page at 400 kbit/s and 400 ms, and of the kiosk",
  missing: chromiumMissing,
  async run(context) {
    await startSceneWorld(context, { flowGramsPerSecond: 150 })
    const places = placesFrom(context.portBase)
    const rounds = context.full ? 5 : 1
    context.step(`${rounds} rounds, each with an empty profile`)
    const figures = await measurePages({
      cloudPort: places.cloud,
      edgePort: places.edge,
      rounds,
      onRound: (line) => context.note(line),
    })
    const { driver_first_load_kb, driver_lcp_ms } = figures
    const goals = [
      goal('driver_first_load_kb', driver_first_load_kb, mostKb),
      goal('driver_lcp_ms', driver_lcp_ms, paintGoalMs),
    ]
    context.note(JSON.stringify({ bench: 'pages', figures, goals, rounds }))
    assert(driver_first_load_kb > 0, 'the page came over the wire')
    assert(driver_first_load_kb <= mostKb, `the driver's page takes ${driver_first_load_kb} kB`)
  },
}

function goal(name: string, value: number, most: number): object {
  return { name, value, op: '<=', goal: most, pass: value <= most }
}
