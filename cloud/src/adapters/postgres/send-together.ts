import type { PoolClient, QueryResult } from 'pg'

/** A statement as data. With a name it is prepared once per connection; name and text go together. */
export type Statement = {
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
}

/**
 * As `sendTogether`, in parts that are made one after the other: PostgreSQL works on a part while
 * this process puts the next together. Settles when all have: whoever takes the transaction back has
 * the connection for himself.
 */
export async function sendInParts(
  client: PoolClient,
  parts: readonly (() => readonly Statement[])[],
): Promise<void> {
  const sent: Promise<PromiseSettledResult<unknown>[]>[] = []
  for (const make of parts) {
    // Settled at once: a part may fail while the next is still being made.
    sent.push(Promise.allSettled([sendTogether(client, make())]))
    // What was written leaves at the end of a turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const answer of (await Promise.all(sent)).flat()) {
    if (answer.status === 'rejected') throw answer.reason
  }
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
