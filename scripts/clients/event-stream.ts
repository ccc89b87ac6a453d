/** One server-sent event with its data as text. */
export type StreamEvent = { readonly event: string; readonly data: string }

const longestPending = 4_000_000

/**
 * Cuts the text of an event stream into events (WHATWG HTML 9.2.6, without ids and retry). What is
 * not yet ended by a blank line is kept, up to a bound.
 */
export class EventCutter {
  #pending = ''

  feed(text: string): readonly StreamEvent[] {
    const whole = (this.#pending + text).replaceAll('\r\n', '\n')
    const parts = whole.split('\n\n')
    this.#pending = (parts.pop() ?? '').slice(-longestPending)
    return parts.flatMap(eventOf)
  }
}

function eventOf(block: string): readonly StreamEvent[] {
  const fields = block.split('\n').map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')] as const
  })
  const data = fields.flatMap(([name, value]) => (name === 'data' ? [value] : []))
  const event = fields.find(([name]) => name === 'event')?.[1] ?? 'message'
  return data.length === 0 ? [] : [{ event, data: data.join('\n') }]
}
