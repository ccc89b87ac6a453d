import type { Command } from 'commander'

/** `baari data …`: the local data of this clone. */
export function register(program: Command): void {
  program
    .command('data')
    .description('the local data of this clone')
    .command('folder')
    .description('print where the local data lies')
    .action(async () => {
      const { dataFolder } = await import('../../dev/data-folder.ts')
      process.stdout.write(`${dataFolder()}\n`)
    })
}
