/** A message as the sandbox took it. */
export type SandboxMessage = {
  readonly sid: string
  readonly to: string
  readonly from: string
  readonly body: string
  readonly atMs: number
  readonly status: 'queued' | 'sent' | 'delivered' | 'undelivered'
  readonly errorCode: number | null
}

export type MessageStore = {
  add(message: SandboxMessage): void
  /** Puts the message of this sid in place of what was kept of it. */
  change(message: SandboxMessage): void
  find(sid: string): SandboxMessage | undefined
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
    change(message) {
      messages = messages.map((each) => (each.sid === message.sid ? message : each))
    },
    find: (sid) => messages.find((message) => message.sid === sid),
    list: ({ to, limit }) =>
      messages.filter((message) => to === undefined || message.to === to).slice(0, limit),
  }
}
