import {
  digestSources,
  limbColumns,
  limbs,
  limbsChanged,
  type DigestSource,
} from './0014-digests.ts'

/**
 * The same digests at a fraction of the cost. PostgreSQL had put the hash of a row into each of the
 * eight sums of an insert and so made it eight times; behind OFFSET 0 it is made once. A limb comes
 * from the hash's bytes instead of from its text.
 */
const limbOf = (no: number): string => {
  const [a, b, c, d] = [0, 1, 2, 3].map((byte) => `get_byte(hash, ${4 * no + byte})`)
  return `((${a}::bigint << 24) | (${b} << 16) | (${c} << 8) | ${d})`
}
const sums = limbs.map((no) => `sum(sign * ${limbOf(no)})::bigint AS s${no}`).join(', ')

type Side = 'new' | 'old'

/** One statement's rows, grouped; an update that touches no column of the digest adds nothing. */
function noteSql({ sets }: DigestSource, sides: readonly Side[]): string {
  return sets
    .map(({ set, hash, key, day, where }) => {
      const rows = sides
        .map(
          (side) => `SELECT ${side === 'new' ? 1 : -1} AS sign, r.station_no, ${day} AS day,
        digest_bucket(${key}) AS bucket, ${hash} AS hash
      FROM ${side}_rows r WHERE ${where}`,
        )
        .join(' UNION ALL ')
      return `INSERT INTO digest_delta (station_no, set_name, day, bucket, n, ${limbColumns})
    SELECT * FROM (SELECT station_no, '${set}' AS set_name, day, bucket, sum(sign)::int AS n, ${sums}
      FROM (${rows} OFFSET 0) AS told GROUP BY station_no, day, bucket) AS d
    WHERE n <> 0 OR ${limbsChanged};`
    })
    .join('\n  ')
}

const noteFunction = (source: DigestSource): string => `
CREATE OR REPLACE FUNCTION digest_note_${source.name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
  ${noteSql(source, ['new'])}
  ELSIF TG_OP = 'DELETE' THEN
  ${noteSql(source, ['old'])}
  ELSE
  ${noteSql(source, ['old', 'new'])}
  END IF;
  RETURN NULL;
END $$;`

export const digestNotes = /* sql */ digestSources.map(noteFunction).join('\n')
