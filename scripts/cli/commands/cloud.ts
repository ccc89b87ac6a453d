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
