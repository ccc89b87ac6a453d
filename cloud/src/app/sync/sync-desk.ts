import { deadLetterPage } from '@baari/shared/contracts/http/sync-operator'
import { streams, type Stream } from '@baari/shared/contracts/sync/session'
import type { z } from 'zod'
import type { DeadLetterAsk, SyncDesk } from '../../ports/sync-desk.ts'

export type DeadLetterPage = z.output<typeof deadLetterPage>

export type PageAsk = {
  readonly open: boolean
  readonly limit: number
  readonly cursor: string | undefined
}

/** One page of a station's dead letters, newest first; `cursor` is the one the last page gave. */
export async function readDeadLetters(
  desk: Pick<SyncDesk, 'deadLetters'>,
  stationNo: number,
  { open, limit, cursor }: PageAsk,
): Promise<DeadLetterPage> {
  const after = cursor === undefined ? null : readCursor(cursor)
  const rows = await desk.deadLetters(stationNo, { open, limit: limit + 1, after })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? cursorText(last) : null
  return deadLetterPage.parse({ deadLetters: page, nextCursor })
}

type Place = NonNullable<DeadLetterAsk['after']>

function cursorText({ atMs, epoch, stream, seq }: Place): string {
  return `${atMs}_${epoch}_${stream}_${seq}`
}

/** A cursor that nobody gave starts from the newest. */
function readCursor(text: string): Place | null {
  const match = /^(\d{1,15})_([0-9a-f]{1,64})_([a-z]{1,16})_(\d{1,15})$/.exec(text)
  const [, atMs, epoch, stream, seq] = match ?? []
  if (atMs === undefined || epoch === undefined || seq === undefined || !isStream(stream)) {
    return null
  }
  return { atMs: Number(atMs), epoch, stream, seq: Number(seq) }
}

function isStream(text: string | undefined): text is Stream {
  return streams.some((stream) => stream === text)
}
