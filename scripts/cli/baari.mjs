#!/usr/bin/env node
import { bootstrap } from '../bootstrap.mjs'
import { runEntry } from '../bootstrap/processes.mjs'
import { orStop } from '../bootstrap/say.mjs'

// The caller's folder stays the working folder, so that file arguments mean what they say.
await orStop(async () => {
  await bootstrap()
  await runEntry('scripts/cli/main.ts', process.argv.slice(2), { cwd: process.cwd() })
})
