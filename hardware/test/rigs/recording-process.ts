import { openRingRecorder } from '../../src/transports/recording/ring-recorder.ts'
import { systemClock } from '../../src/transports/system-clock.ts'

/** Records numbered pieces until it is killed. Arguments: file, bytes of the ring. */
const [path = '', bytes = '0'] = process.argv.slice(2)
const clock = systemClock()
const recorder = await openRingRecorder({ path, clock, bytes: Number(bytes) })
process.stdout.write('recording\n')
for (let piece = 0; ; piece += 1) {
  const text = new TextEncoder().encode(`piece ${piece} ${'x'.repeat(piece % 200)}`)
  recorder.record(piece % 2 === 0 ? 'out' : 'in', text, clock.mono())
  if (piece % 50 === 0) await recorder.flushed()
}
