import type { KeptAnswer, RequestAnswers } from '../../ports/request-answers.ts'
import { boundLimit } from './bound-limit.ts'
import type { LedgerSession } from './ledger-session.ts'

/** Raw SQL: one lookup and one insert on the way of every change, prepared once. */
export function requestAnswersOf({ sqlite }: LedgerSession): RequestAnswers {
  const find = sqlite.prepare<[string, string], KeptAnswer>(
    'SELECT request_sha256 AS requestSha256, answer FROM request_answer WHERE scope = ? AND key = ?',
  )
  const keep = sqlite.prepare(
    'INSERT INTO request_answer (scope, key, request_sha256, answer, at_ms) VALUES (?, ?, ?, ?, ?)',
  )
  // Rows lie in the order of their age, so those too old are among the first.
  const drop = sqlite.prepare(
    `DELETE FROM request_answer WHERE no IN (SELECT no FROM
     (SELECT no, at_ms FROM request_answer ORDER BY no ${boundLimit}) WHERE at_ms < ?)`,
  )
  return {
    find: ({ scope, key }) => find.get(scope, key),
    keep: ({ scope, key, requestSha256 }, { answer, at }) =>
      void keep.run(scope, key, requestSha256, answer, at),
    dropOld: (before, limit) => drop.run(limit, before).changes,
  }
}
