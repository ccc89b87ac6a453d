import type { Command } from 'commander'

type EnrolCodeOptions = {
  readonly station: string
  readonly cloud?: string
  readonly email?: string
}

/** `baari cloud …`: acts of head office. */
export function register(program: Command): void {
  const cloud = program.command('cloud').description('acts of head office')
  cloud
    .command('enrol-code')
    .description('give a code with which a node enrols as a station; it lives 24 h')
    .requiredOption('--station <number>', "the station's number")
    .option('--cloud <url>', 'the cloud (BAARI_CLOUD_URL, else the local one)')
    .option('--email <address>', "the operator; the password is BAARI_OPERATOR_PASSWORD's")
    .action(giveEnrolCode)
  cloud
    .command('declare-restored')
    .description('after a backup of the database was put back: stations fetch their tables anew')
    .option('--database <url>', 'the database (BAARI_DATABASE_URL)')
    .action(declareRestored)
}

async function giveEnrolCode(options: EnrolCodeOptions): Promise<void> {
  const { signInOperator } = await import('../../clients/cloud-caller.ts')
  const { operatorLogin, localCloudUrl } = await import('../operator-login.ts')
  const { printLines, printRefusal } = await import('../say.ts')
  const station = Number(options.station)
  try {
    const url = options.cloud ?? process.env['BAARI_CLOUD_URL'] ?? localCloudUrl
    const operator = await signInOperator(url, await operatorLogin(options.email))
    const { code, expires } = await operator.giveEnrolCode(station)
    printLines([
      `Code for station ${station}: ${code}`,
      `Good once, until ${new Date(expires).toISOString()}. At the node, while it is stopped:`,
      `npx baari edge enrol --station ${station} --code ${code} --cloud ${url}`,
    ])
  } catch (error) {
    printRefusal('No code was given', error)
  }
}

async function declareRestored(options: { readonly database?: string }): Promise<void> {
  const { advanceEpoch } = await import('@baari/cloud/adapters/shape/db-epoch')
  const { default: pg } = await import('pg')
  const { printLines, printRefusal } = await import('../say.ts')
  const connectionString = options.database ?? process.env['BAARI_DATABASE_URL']
  if (connectionString === undefined) {
    return printRefusal('Nothing was declared', 'name the database with --database')
  }
  const pool = new pg.Pool({ connectionString, max: 1 })
  try {
    const epoch = await advanceEpoch(pool)
    printLines([
      `The database is in epoch ${epoch}: every station fetches its tables anew.`,
      'What stations had sent since the backup they send again by themselves.',
    ])
  } catch (error) {
    printRefusal('Nothing was declared', error)
  } finally {
    await pool.end()
  }
}
