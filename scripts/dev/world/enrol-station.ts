import { join } from 'node:path'
import { openStationKeys } from '@baari/edge/adapters/system/station-keys'
import { enrolNode, keysFileName } from '@baari/edge/compose/enrol-node'
import { present } from '@baari/shared/faults/assert'
import pg from 'pg'
import { signInOperator } from '../../clients/cloud-caller.ts'
import { SetupError } from '../setup-error.ts'
import { demoStation } from './seed.ts'

export type EnrolWorld = {
  readonly edgeFolder: string
  readonly databaseUrl: string
  readonly cloudUrl: string
  readonly login: { readonly email: string; readonly password: string }
  readonly say: (line: string) => void
}

/**
 * Enrols the world's station as a technician would: a code from head office, typed at the node. A
 * later start finds that the cloud knows the node's key and asks for nothing.
 */
export async function enrolStation(world: EnrolWorld): Promise<void> {
  const { edgeFolder, cloudUrl, login, say } = world
  if ((await keyAtCloud(world.databaseUrl)) === nodeKeys(edgeFolder).publicKey) return
  say('enrolling the station')
  const operator = await signInOperator(cloudUrl, login)
  const { code } = await operator.giveEnrolCode(demoStation.no)
  const job = { dataFolder: edgeFolder, cloudUrl, station: demoStation.no, code }
  const enrolled = await enrolNode(job)
  if (!enrolled.ok) throw new SetupError(`the station was not enrolled: ${enrolled.error}`)
}

/** K_station as the world's node keeps it. */
export function stationSecret(edgeFolder: string): Uint8Array {
  return present(nodeKeys(edgeFolder).kStation, 'the secret of an enrolled station')
}

function nodeKeys(edgeFolder: string) {
  const keys = openStationKeys(join(edgeFolder, keysFileName))
  if (!keys.ok) throw new SetupError(keys.error)
  return keys.value
}

async function keyAtCloud(databaseUrl: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ key: string | null }>(
      `SELECT s.public_key AS key FROM station s
       JOIN station_secret k ON k.station_no = s.no WHERE s.no = $1`,
      [demoStation.no],
    )
    return rows[0]?.key ?? undefined
  } finally {
    await client.end()
  }
}
