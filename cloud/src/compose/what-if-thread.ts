import { parentPort, workerData } from 'node:worker_threads'
import { stationOf } from '@baari/shared/contracts/twin/scenario-station'
import { askWhatIf } from '@baari/shared/domain/twin/what-if'
import type { WhatIfEnd } from '../ports/what-if.ts'
import { threadCpuMs } from './thread-cpu.ts'
import type { ThreadQuestion } from './what-if-side.ts'

const { ask: question } = workerData as { readonly ask: ThreadQuestion }

parentPort?.postMessage({ kind: 'done', answer: play(question) })

/** Looks at the time it has used after each replication; the largest one takes a few seconds. */
function play({ ask: { scenario, changes }, cpuMaxMs }: ThreadQuestion): WhatIfEnd {
  const started = threadCpuMs()
  const asked = askWhatIf(stationOf(scenario), changes, scenario)
  for (;;) {
    const step = asked.next()
    const cpuMs = threadCpuMs() - started
    if (step.done === true) {
      const { value } = step
      if (!value.ok) return { kind: 'impossible', no: value.error }
      return { kind: 'answer', answer: value.value, cpuMs: Math.round(cpuMs) }
    }
    if (cpuMs > cpuMaxMs) return { kind: 'too-long' }
  }
}
