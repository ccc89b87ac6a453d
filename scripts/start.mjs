import { bootstrap } from './bootstrap.mjs'
import { runEntry } from './bootstrap/processes.mjs'
import { orStop } from './bootstrap/say.mjs'

await orStop(async () => {
  await bootstrap({ screens: true })
  await runEntry('scripts/dev/world.ts', process.argv.slice(2))
})
