/** A message as the sandbox took it. */
export type SandboxMessage = {
  readonly sid: string
  readonly to: string
  readonly from: string
  readonly body: string
  readonly atMs: number
}

export type MessageStore = {
  add(message: SandboxMessage): void
  /** Newest first. */
  list(filter: { readonly to: string | undefined; readonly limit: number }): SandboxMessage[]
}

/** Keeps the last `capacity` messages; older ones are dropped, as a demo needs no history. */
export function messageStore(capacity: number): MessageStore {
  let messages: readonly SandboxMessage[] = []
  return {
    add(message) {
      messages = [message, ...messages].slice(0, capacity)
    },
    list: ({ to, limit }) =>
      messages.filter((message) => to === undefined || message.to === to).slice(0, limit),
  }
}
