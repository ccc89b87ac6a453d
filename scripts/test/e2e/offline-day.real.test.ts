import { randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { runScene } from '../../e2e/run-scene.ts'
import { scene } from '../../e2e/scenes/offline-day.ts'

it('a station whose cloud was killed answers forty scans, fills five vehicles, and both ledgers are equal afterwards', async () => {
  const portBase = 10_000 + 100 * randomInt(200)
  const run = runScene(scene, { portBase, full: false })
  expect(await run.played).toEqual({ outcome: 'passed' })
}, 120_000)
