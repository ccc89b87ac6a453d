import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { registerGroups } from './command-group.ts'

const manifest = join(import.meta.dirname, '../../package.json')
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }

const program = new Command('baari')
  .description('Commands for a Baari station, its cloud and its developers.')
  .version(version)
  .showHelpAfterError()

await registerGroups(program, join(import.meta.dirname, 'commands'))
await program.parseAsync()
