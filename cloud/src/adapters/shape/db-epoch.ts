import type { Pool } from 'pg'

const epochLock = 1_396_786_503

/**
 * The epoch of this database: a new one when its identity or timeline is another than last time,
 * which is what a restore leaves behind. It retires every handle, because the numbers of the log
 * may be given out a second time (sync.md 6.8).
 */
export async function currentDbEpoch(pool: Pool): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [epochLock])
    const { rows } = await client.query<{ epoch: string | null; same: boolean | null }>(
      `SELECT (SELECT max(epoch) FROM db_epoch) AS epoch,
         (SELECT e.system_identifier = s.system_identifier::text AND e.timeline = c.timeline_id
          FROM db_epoch e ORDER BY e.epoch DESC LIMIT 1) AS same
       FROM pg_control_system() AS s, pg_control_checkpoint() AS c`,
    )
    const row = rows[0]
    const epoch =
      row?.epoch !== null && row?.same === true ? Number(row.epoch) : await advanceEpoch(client)
    await client.query('COMMIT')
    return epoch
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

type Asking = Pick<Pool, 'query'>

/** Also the operator's act after a restore that kept identity and timeline. */
export async function advanceEpoch(client: Asking): Promise<number> {
  const { rows } = await client.query<{ epoch: string }>(
    `INSERT INTO db_epoch (system_identifier, timeline)
     SELECT s.system_identifier::text, c.timeline_id
     FROM pg_control_system() AS s, pg_control_checkpoint() AS c RETURNING epoch`,
  )
  await client.query('UPDATE shape SET retired = true, current = false WHERE NOT retired')
  return Number(rows[0]?.epoch)
}

/** A stream that ends here before what a station was told: the mark of a database put back. */
export type RestoreMark = {
  readonly station: number
  readonly epoch: string
  readonly stream: string
  readonly seq: number
}

/**
 * Advances the epoch once for each place at which a station finds this database behind; told again,
 * or by many stations at the same place, it changes nothing. Answers whether it advanced.
 */
export async function advanceAtLoss(pool: Pool, mark: RestoreMark): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [epochLock])
    const { rowCount } = await client.query(
      `INSERT INTO restore_mark (station_no, epoch, stream, seq) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [mark.station, mark.epoch, mark.stream, mark.seq],
    )
    if (rowCount === 1) await advanceEpoch(client)
    await client.query('COMMIT')
    return rowCount === 1
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
