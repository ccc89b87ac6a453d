import type { ChildProcess } from 'node:child_process'

type Failed = { readonly kind: 'failed'; readonly reason: string }

/**
 * Sends a question to a child process and resolves with its first answer of this kind. Rejects when
 * the child says that it failed, when it ends, or after `withinMs`.
 */
export function askChild<Reply extends { readonly kind: string }, K extends Reply['kind']>(
  child: ChildProcess,
  question: object,
  answer: { readonly kind: K; readonly withinMs: number },
): Promise<Extract<Reply, { kind: K }>> {
  const answered = childAnswer<Reply, K>(child, answer)
  child.send(question)
  return answered
}

/** Waits for an answer that comes unasked, such as that the child is ready. */
export function childAnswer<Reply extends { readonly kind: string }, K extends Reply['kind']>(
  child: ChildProcess,
  { kind, withinMs }: { readonly kind: K; readonly withinMs: number },
): Promise<Extract<Reply, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => done(() => reject(new Error(`no ${kind}`))), withinMs)
    const done = (end: () => void): void => {
      clearTimeout(late)
      child.off('message', hear).off('exit', ended)
      end()
    }
    const hear = (message: Reply | Failed): void => {
      if (message.kind === 'failed') done(() => reject(new Error((message as Failed).reason)))
      else if (message.kind === kind) done(() => resolve(message as Extract<Reply, { kind: K }>))
    }
    const ended = (code: number | null): void =>
      done(() => reject(new Error(`the child process ended with code ${String(code)}`)))
    child.on('message', hear).on('exit', ended)
  })
}
