import type { UplinkEvent } from '../../domain/sync/uplink-states.ts'
import type { ExchangeNo } from '../../ports/cloud-line.ts'

/** What the state table has to know of an exchange that brought no answer to use. */
export function eventOf(no: ExchangeNo): UplinkEvent {
  switch (no.kind) {
    case 'unauthorised':
      return { kind: 'unauthorised' }
    case 'too_large':
      return { kind: 'too_large' }
    case 'busy':
      return { kind: 'busy', retryAfterMs: no.retryAfterMs }
    case 'refused':
      return { kind: 'refused' }
    case 'failed':
      return { kind: 'failed' }
    case 'conflict':
      return conflictEvent(no.body)
  }
}

function conflictEvent(body: Extract<ExchangeNo, { kind: 'conflict' }>['body']): UplinkEvent {
  switch (body.error) {
    case 'gap':
      return { kind: 'gap', expected: body.expected }
    case 'fork':
      return { kind: 'fork' }
    case 'epoch':
      return { kind: 'epoch_refused' }
    case 'fenced':
      return { kind: 'fenced' }
  }
}
