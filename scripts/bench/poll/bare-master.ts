import { connect } from 'node:net'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import { silentGap, type LineTiming } from '@baari/hardware/transports/line-timing'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import { monoAfter } from '@baari/shared/units/time'
import { headsOnLine, registersPerPoll } from '../../../hardware/test/rigs/line-meters.ts'
import { sharedMs } from '../../../hardware/test/rigs/paced-clock.ts'
import { clock, pauseMs, type RoundSizes } from './polled-line.ts'

const replyBytes = 5 + 2 * registersPerPoll

/**
 * Polls per second of the least that can ask: a socket, a question, as many bytes as the reply has,
 * and the silence. Nothing is decoded or decided, so this is the limit of wire and machine.
 */
export async function barePollRate(
  port: number,
  timing: LineTiming,
  { warmMs, forMs }: RoundSizes,
): Promise<number> {
  const questions = questionsInTurn()
  const wait = spinningWait(clock)
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let replies = 0
  let missing = replyBytes
  const ask = (): void => {
    missing = replyBytes
    socket.write(questions())
  }
  socket.on('connect', ask)
  socket.on('data', (bytes) => {
    missing -= bytes.length
    if (missing > 0) return
    replies += 1
    wait(monoAfter(clock.mono(), silentGap(timing)), ask)
  })
  await pauseMs(warmMs)
  const [before, fromMs] = [replies, sharedMs()]
  await pauseMs(forMs)
  const rate = ((replies - before) * 1000) / (sharedMs() - fromMs)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.destroy()
  await closed
  return rate
}

/** The same fourteen registers of one device after the other. */
function questionsInTurn(): () => Uint8Array {
  const codec = createModbusMasterCodec()
  let asked = 0
  return () => {
    const address = (asked % headsOnLine) + 1
    asked += 1
    return codec.encode({ kind: 'read', address, fn: 3, start: 0, count: registersPerPoll })
  }
}
