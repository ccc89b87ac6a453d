import type { Clock } from '@baari/shared/runtime/clock'
import type { BytePipe } from '../../ports/byte-pipe.ts'
import type { LineRecorder } from './ring-recorder.ts'

/** The same pipe; everything that goes over it is recorded. Closing it closes the recorder. */
export function recordedPipe(
  pipe: BytePipe,
  { recorder, clock }: { readonly recorder: LineRecorder; readonly clock: Clock },
): BytePipe {
  pipe.onBytes((bytes, at) => recorder.record('in', bytes, at))
  return {
    name: pipe.name,
    start: () => pipe.start(),
    state: () => pipe.state(),
    fault: () => pipe.fault(),
    write(bytes) {
      const taken = pipe.write(bytes)
      if (taken) recorder.record('out', bytes, clock.mono())
      return taken
    },
    onBytes: (call) => pipe.onBytes(call),
    onState: (call) => pipe.onState(call),
    reopen: (reason) => pipe.reopen(reason),
    counters: () => pipe.counters(),
    async close() {
      await pipe.close()
      await recorder.close()
    },
  }
}
