import { instant } from '@baari/shared/units/time'
import type { Command } from 'commander'
import { join, resolve } from 'node:path'
import { printLines, printRefusal } from '../say.ts'

type RestoreOptions = {
  readonly from?: string
  readonly data?: string
  readonly backups?: string
}

type EnrolOptions = {
  readonly station: string
  readonly code: string
  readonly cloud?: string
  readonly data?: string
}

const dataHelp = "the node's data folder (BAARI_DATA, else .baari/edge)"

const dataFolderOf = (data: string | undefined): string =>
  resolve(data ?? process.env['BAARI_DATA'] ?? join('.baari', 'edge'))

/** `baari edge …`: acts on the station node of this machine. */
export function register(program: Command): void {
  const edge = program.command('edge').description('the station node of this machine')
  edge
    .command('enrol')
    .description('make this node a station with a code of head office, while it is stopped')
    .requiredOption('--station <number>', "the station's number")
    .requiredOption('--code <code>', 'the code, as head office read it out')
    .option('--cloud <url>', 'the cloud (BAARI_CLOUD_URL, else the local one)')
    .option('--data <folder>', dataHelp)
    .action(enrol)
  edge
    .command('reopen')
    .description('let a fenced node speak for its station again, while it is stopped')
    .option('--data <folder>', dataHelp)
    .action(reopen)
  edge
    .command('restore')
    .description('put a backup of the ledger back, while the node is stopped')
    .option('--from <file>', 'the backup; without it the newest one')
    .option('--data <folder>', dataHelp)
    .option('--backups <folder>', 'where the backups lie (BAARI_BACKUP, else in the data folder)')
    .action(restore)
}

async function enrol(options: EnrolOptions): Promise<void> {
  const { enrolNode } = await import('@baari/edge/compose/enrol-node')
  const { localCloudUrl } = await import('../operator-login.ts')
  const dataFolder = dataFolderOf(options.data)
  const cloudUrl = options.cloud ?? process.env['BAARI_CLOUD_URL'] ?? localCloudUrl
  const station = Number(options.station)
  try {
    const enrolled = await enrolNode({ dataFolder, cloudUrl, station, code: options.code })
    if (!enrolled.ok) return printRefusal('This node was not enrolled', enrolled.error)
    printLines([
      `This node is station ${station}, key ${enrolled.value.kid}; its keys lie in ${dataFolder}.`,
      'Start the node: it signs in by itself.',
    ])
  } catch (error) {
    printRefusal('This node was not enrolled', error)
  }
}

async function reopen(options: { readonly data?: string }): Promise<void> {
  const { reopenLink } = await import('@baari/edge/adapters/ledger/reopen')
  try {
    const { station, wasFenced } = reopenLink(dataFolderOf(options.data), instant(Date.now()))
    printLines(
      wasFenced
        ? [
            `Station ${station} may speak again: start the node, and the other one is fenced.`,
            'Take the other node out of service first, or the two end each other in turn.',
          ]
        : [`The link of station ${station} was not fenced; nothing was changed.`],
    )
  } catch (error) {
    printRefusal('The link was not opened', error)
  }
}

async function restore(options: RestoreOptions): Promise<void> {
  const { restoreLedger } = await import('@baari/edge/adapters/ledger/restore')
  const { checkBooks } = await import('@baari/edge/compose/check-books')
  const dataFolder = dataFolderOf(options.data)
  const { BAARI_BACKUP } = process.env
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
    printLines(lines)
  } catch (error) {
    printRefusal('Nothing was restored', error)
  }
}
