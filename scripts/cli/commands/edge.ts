import { instant } from '@baari/shared/units/time'
import type { Command } from 'commander'
import { join, resolve } from 'node:path'

type RestoreOptions = {
  readonly from?: string
  readonly data?: string
  readonly backups?: string
}

/** `baari edge …`: acts on the station node of this machine. */
export function register(program: Command): void {
  program
    .command('edge')
    .description('the station node of this machine')
    .command('restore')
    .description('put a backup of the ledger back, while the node is stopped')
    .option('--from <file>', 'the backup; without it the newest one')
    .option('--data <folder>', "the node's data folder (BAARI_DATA, else .baari/edge)")
    .option('--backups <folder>', 'where the backups lie (BAARI_BACKUP, else in the data folder)')
    .action(restore)
}

async function restore(options: RestoreOptions): Promise<void> {
  const { restoreLedger } = await import('@baari/edge/adapters/ledger/restore')
  const { checkBooks } = await import('@baari/edge/compose/check-books')
  const { BAARI_DATA, BAARI_BACKUP } = process.env
  const dataFolder = resolve(options.data ?? BAARI_DATA ?? join('.baari', 'edge'))
  const backups = options.backups ?? BAARI_BACKUP ?? join(dataFolder, 'backups')
  const backupFolder = resolve(backups)
  const from = options.from === undefined ? undefined : resolve(options.from)
  try {
    const report = restoreLedger({
      dataFolder,
      from,
      backupFolder,
      at: instant(Date.now()),
      checkBooks,
    })
    const lines = [
      `Restored station ${report.station} from ${report.from} (${report.ops} ops; file, chain and books hold).`,
      report.keptAside === null
        ? 'There was no ledger to replace.'
        : `The replaced file was kept as ${report.keptAside}.`,
      `The node goes on in epoch ${report.epoch}; epoch ${report.prevEpoch} ended with this backup.`,
      'Start the node: it fetches its own later records from the cloud when the link is up.',
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  } catch (error) {
    process.stderr.write(
      `Nothing was restored: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    process.exitCode = 1
  }
}
