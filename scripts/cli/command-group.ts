import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'

/**
 * What a file of `scripts/cli/commands` exports: its subcommands, added to the program. Heavy
 * imports belong inside the action, so that `--help` stays instant.
 */
export type CommandGroup = { readonly register: (program: Command) => void }

/**
 * Adds every group of the folder, in the order of the file names.
 * @throws Error naming the file when it exports no `register`
 */
export async function registerGroups(program: Command, folder: string): Promise<void> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  for (const name of files.sort()) {
    const module = (await import(pathToFileURL(join(folder, name)).href)) as Partial<CommandGroup>
    if (module.register === undefined) throw new Error(`${name} exports no register(program)`)
    module.register(program)
  }
}
