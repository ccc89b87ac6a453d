/** The end of a logged change's headers, after what `changeSql` wrote. */
export function changeEnd(change: { seq: string; xid: string; last: boolean }): string {
  const last = change.last ? ',"last":true' : ''
  return `,"lsn":"${change.seq}","op_position":0,"txids":[${change.xid}]${last}}}`
}

export function upToDate(seq: number): string {
  return JSON.stringify({
    headers: { control: 'up-to-date', global_last_seen_lsn: String(seq) },
  })
}

export const mustRefetchMessage = JSON.stringify({ headers: { control: 'must-refetch' } })
export const mustRefetch = `[${mustRefetchMessage}]`

/** Which transactions a snapshot holds, in PostgreSQL's own terms; 64-bit numbers as text. */
export type SnapshotMark = {
  readonly xmin: string
  readonly xmax: string
  readonly xip_list: readonly string[]
}

export function snapshotEndMessage(mark: SnapshotMark): string {
  return JSON.stringify({ headers: { control: 'snapshot-end', ...mark } })
}
