import { join } from 'node:path'
import { normaliseEnrolCode } from '@baari/shared/contracts/sync/enrol'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { takeNodeLock } from '../adapters/ledger/node-lock.ts'
import { askToEnrol, type EnrolRefused } from '../adapters/sync/enrol-client.ts'
import { openStationKeys, saveEnrolment } from '../adapters/system/station-keys.ts'

export type EnrolNode = {
  readonly dataFolder: string
  readonly cloudUrl: string
  readonly station: number
  /** As typed. */
  readonly code: string
}

export const keysFileName = 'station-keys.json'

/**
 * Enrols the node of a data folder while it is stopped (sync.md 5.3): makes its keys where there
 * are none, has them taken over for the code, and keeps what comes back. Answers the key number, or
 * one sentence that says why the folder is as it was.
 */
export async function enrolNode(job: EnrolNode): Promise<Result<{ readonly kid: number }, string>> {
  const lock = takeNodeLock(job.dataFolder)
  try {
    return await enrolLocked(job)
  } finally {
    lock.release()
  }
}

async function enrolLocked({
  dataFolder,
  cloudUrl,
  station,
  code,
}: EnrolNode): Promise<Result<{ readonly kid: number }, string>> {
  const path = join(dataFolder, keysFileName)
  const keys = openStationKeys(path)
  if (!keys.ok) return keys
  const { publicKey, wrapKey, sign, unwrap } = keys.value
  const answer = await askToEnrol({
    ...{ baseUrl: cloudUrl, fetch, station, publicKey, wrapKey },
    code: normaliseEnrolCode(code),
    sign: (text) => Buffer.from(sign(Buffer.from(text, 'utf8'))).toString('base64url'),
  })
  if (!answer.ok) return err(reasonOf(answer.error))
  const { kid, keys: cloudKeys, k_station: wrapped } = answer.value
  const kStation = unwrap(station, wrapped)
  if (!kStation.ok) return err('the cloud wrapped the secret for another key')
  const anchors = cloudKeys.map((key) => ({ kid: key.kid, publicKey: key.public_key }))
  const saved = saveEnrolment(path, { kid, kStation: kStation.value, anchors })
  return saved.ok ? ok({ kid }) : saved
}

function reasonOf(no: EnrolRefused): string {
  return no.kind === 'refused' ? `${no.title} (${no.code})` : `no answer (${no.reason})`
}
