import { bootstrap } from './bootstrap.mjs'
import { runEntry } from './bootstrap/processes.mjs'
import { orStop } from './bootstrap/say.mjs'

await orStop(async () => {
  await bootstrap({ programs: ['test', 'screens'], screens: true, edge: true })
  await runEntry('scripts/bench/main.ts', process.argv.slice(2))
})
