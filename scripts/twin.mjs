import { bootstrap } from './bootstrap.mjs'
import { runEntry } from './bootstrap/processes.mjs'
import { orStop } from './bootstrap/say.mjs'

await orStop(async () => {
  await bootstrap()
  await runEntry('scripts/twin/main.ts', process.argv.slice(2))
})
