import type { PoolClient, QueryResult } from 'pg'

/** A statement as data. With a name it is prepared once per connection; name and text go together. */
export type Statement = {
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
}

/**
 * Sends statements that do not need each other's answers one behind the other and waits for all:
 * the connection keeps their order. Rejects with the error of the first that failed; those behind
 * it only say that the transaction is aborted, and may say so earlier.
 */
export async function sendTogether(
  client: PoolClient,
  statements: readonly Statement[],
): Promise<readonly QueryResult[]> {
  const sent = statements.map(({ values, ...statement }) =>
    client.query({ ...statement, values: [...values] }),
  )
  const answers = await Promise.allSettled(sent)
  return answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}
