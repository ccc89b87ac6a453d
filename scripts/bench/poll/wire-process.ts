import { present } from '@baari/shared/faults/assert'
import { pacedClock, sharedMs } from '../../../hardware/test/rigs/paced-clock.ts'
import { openWireLine, type WireLine } from './wire-line.ts'
import type { WireAsk, WireReply } from './wire-messages.ts'

/**
 * The far side of the poll bench as a process of its own, so that keeping the bit times takes no
 * time from the bus that is measured.
 */
const clock = pacedClock()
let lines: readonly WireLine[] = []

function say(reply: WireReply): void {
  process.send?.(reply)
}

function line(no: number): WireLine {
  return present(lines[no], 'a line of this number')
}

async function answer(ask: WireAsk): Promise<WireReply> {
  switch (ask.kind) {
    case 'open': {
      const { lines: plans, seed } = ask
      lines = await Promise.all(plans.map((plan) => openWireLine(plan, { clock, seed })))
      return { kind: 'opened', ports: lines.map(({ port }) => port) }
    }
    case 'count':
      return line(ask.line).count()
    case 'sell':
      line(ask.line).sell()
      break
    case 'silence':
      line(ask.line).silence(ask.address)
      break
    case 'break':
      await line(ask.line).break(ask.how)
      break
    case 'mend':
      await line(ask.line).mend()
      break
    case 'stop':
      await Promise.all(lines.map((one) => one.close()))
  }
  return { kind: 'done', atMs: sharedMs() }
}

// A bench that failed leaves nobody behind.
process.on('disconnect', () => process.exit())
process.on('message', (ask: WireAsk) => {
  answer(ask).then(
    (reply) => {
      say(reply)
      if (ask.kind === 'stop') process.disconnect()
    },
    (error: unknown) => say({ kind: 'failed', reason: String(error) }),
  )
})
say({ kind: 'ready' })
