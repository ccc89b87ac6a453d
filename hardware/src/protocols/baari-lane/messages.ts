import { barrierPositions, type BarrierPosition } from '../../ports/barrier.ts'
import { mostCallsShown, type LanePage } from '../../ports/display.ts'

/** Every request has a number of its own; the reply bears it, so a late one is told apart. */
export type LaneRequest =
  | { readonly kind: 'show'; readonly seq: number; readonly page: LanePage }
  | { readonly kind: 'move'; readonly seq: number; readonly to: 'open' | 'closed' }
  | { readonly kind: 'state'; readonly seq: number }

export type LaneReply =
  | { readonly kind: 'shown'; readonly seq: number; readonly page: LanePage }
  | {
      readonly kind: 'barrier'
      readonly seq: number
      readonly position: BarrierPosition
      readonly occupied: boolean
    }
  | { readonly kind: 'refused'; readonly seq: number; readonly reason: string }

export const highestSeq = 9_999
const labelForm = /^[A-Z0-9-]{1,12}$/

/** A label a sign can show: upper case, and what it has no letters for left out. */
export function signLabel(text: string): string {
  const plain = text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9-]/g, '')
    .slice(0, 12)
  return plain === '' ? '-' : plain
}

export function requestText(request: LaneRequest): string {
  switch (request.kind) {
    case 'show':
      return `${request.seq} SHOW ${pageText(request.page)}`
    case 'move':
      return `${request.seq} MOVE ${request.to.toUpperCase()}`
    case 'state':
      return `${request.seq} STATE`
  }
}

export function replyText(reply: LaneReply): string {
  switch (reply.kind) {
    case 'shown':
      return `${reply.seq} SHOWN ${pageText(reply.page)}`
    case 'barrier': {
      const loop = reply.occupied ? 'OCCUPIED' : 'FREE'
      return `${reply.seq} BARRIER ${reply.position.toUpperCase()} ${loop}`
    }
    case 'refused':
      return `${reply.seq} NO ${reply.reason}`
  }
}

/** Null for a text that is no request of this protocol. */
export function readRequest(text: string): LaneRequest | null {
  const read = headOf(text)
  if (read === null) return null
  const { seq, verb, rest } = read
  if (verb === 'SHOW') {
    const page = readPage(rest)
    return page === null ? null : { kind: 'show', seq, page }
  }
  if (verb === 'STATE' && rest === '') return { kind: 'state', seq }
  if (verb !== 'MOVE' || (rest !== 'OPEN' && rest !== 'CLOSED')) return null
  return { kind: 'move', seq, to: rest === 'OPEN' ? 'open' : 'closed' }
}

/** Null for a text that is no reply of this protocol. */
export function readReply(text: string): LaneReply | null {
  const read = headOf(text)
  if (read === null) return null
  const { seq, verb, rest } = read
  if (verb === 'SHOWN') {
    const page = readPage(rest)
    return page === null ? null : { kind: 'shown', seq, page }
  }
  if (verb === 'NO' && /^[a-z-]{1,32}$/.test(rest)) return { kind: 'refused', seq, reason: rest }
  if (verb !== 'BARRIER') return null
  const [word = '', loop, more] = rest.split(' ')
  const position = barrierPositions.find((known) => known.toUpperCase() === word)
  if (position === undefined || more !== undefined) return null
  if (loop !== 'OCCUPIED' && loop !== 'FREE') return null
  return { kind: 'barrier', seq, position, occupied: loop === 'OCCUPIED' }
}

function headOf(text: string): { seq: number; verb: string; rest: string } | null {
  const match = /^(0|[1-9]\d{0,3}) ([A-Z]{2,8})(?: (.+))?$/.exec(text)
  if (match === null) return null
  const [, seq = '', verb = '', rest = ''] = match
  return { seq: Number(seq), verb, rest }
}

export function pageText(page: LanePage): string {
  if (page.kind !== 'calls') return page.kind.toUpperCase()
  const calls = page.calls.map(({ label, position }) => `${label}=${position}`)
  return ['CALLS', ...calls].join(' ')
}

function readPage(text: string): LanePage | null {
  if (text === 'BLANK') return { kind: 'blank' }
  if (text === 'CLOSED') return { kind: 'closed' }
  const [word, ...pairs] = text.split(' ')
  if (word !== 'CALLS' || pairs.length < 1 || pairs.length > mostCallsShown) return null
  const calls = pairs.flatMap((pair) => {
    const match = /^([^=]+)=([1-9]\d{0,2})$/.exec(pair)
    const label = match?.[1] ?? ''
    return match && labelForm.test(label) ? [{ label, position: Number(match[2]) }] : []
  })
  return calls.length === pairs.length ? { kind: 'calls', calls } : null
}
