import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildEdge } from '../bootstrap/builds.mjs'
import { edgeProgram } from '../bootstrap/edge-program.mjs'
import { killStationFile } from '../chaos/kills/kill-station-file.ts'
import { writeNodeFolder } from '../chaos/kills/node-folder.ts'
import { startNode } from '../chaos/kills/node-life.ts'
import { startStation } from '../chaos/kills/running-station.ts'
import { openLiveFeed } from '../clients/live-feed.ts'
import { signInAtNode } from '../clients/node-caller.ts'
import { writeSimulatedLogin } from '../clients/simulated-login.ts'
import { waitUntil } from '../clients/wait-until.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

const patience = { withinMs: 60_000 }

describe('the node as it is built for stations', () => {
  beforeAll(() => buildEdge())

  it('speaks to its dispensers, quotes waits, backs up and shows its API', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baari-built-'))
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const data = join(folder, 'data')
    const loginsFile = writeSimulatedLogin(data)
    const station = await startStation({
      ...{ positions: 2, seed: 1, driver: 'wayne-dart', loginsFile, flowGramsPerSecond: 700 },
    })
    cleanUps.push(() => station.close())
    const file = killStationFile({
      ...{ driver: 'wayne-dart', positions: 2, ports: station.busPorts },
    })
    const { attendant } = await writeNodeFolder(data, file)
    const node = startNode({ folder: data, logFile: join(folder, 'node.log'), cutSeed: null })
    cleanUps.push(() => node.kill())
    const home = await waitUntil({ what: 'the node', ...patience }, () => {
      if (node.ended()) throw new Error(node.lastWords())
      return node.home()
    })
    const screen = await signInAtNode(home, attendant)
    const feed = await openLiveFeed(home, screen.cookie())
    cleanUps.push(() => feed.close())

    // The driver's tables lie in the clone, its line in a part of its own.
    await waitUntil({ what: 'two free positions', ...patience }, () =>
      feed.view()?.positions.every(({ state }) => state === 'free') ? true : undefined,
    )
    // The quote thread plays the queue forward.
    for (const plate of ['GJ01KA0001', 'GJ01KA0002', 'GJ01KA0003', 'GJ01KA0004'])
      await screen.openWalkIn({ vehicleClass: 'auto', plate, retestValidUntil: '2036-12-31' })
    await waitUntil({ what: 'a quoted wait', ...patience }, () =>
      (feed.view()?.walkInWait.medianMs ?? 0) > 0 ? true : undefined,
    )
    // The backup thread has copied and checked the ledger.
    await waitUntil({ what: 'a backup', ...patience }, async () => {
      const page = await (await fetch(`${home}/metrics`)).text()
      return /baari_backups_total\{outcome="done"\} 1/.test(page) ? true : undefined
    })
    const ui = await fetch(`${home}/docs/swagger-ui-bundle.js`)
    expect(ui.status).toBe(200)
    await ui.body?.cancel()
  })

  it('is started by the service of the release as everywhere else', () => {
    const unit = readFileSync(join(import.meta.dirname, '../release/baari-edge.service'), 'utf8')
    const { file, nodeArguments, env } = edgeProgram
    const lines = unit.split('\n')
    expect(lines).toContain(`ExecStart=/usr/bin/node ${nodeArguments.join(' ')} ${file}`)
    for (const [name, value] of Object.entries(env))
      expect(lines).toContain(`Environment=${name}=${value}`)
  })
})
