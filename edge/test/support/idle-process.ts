import { jobOfProcess } from '../../src/runtime/start-process.ts'

/** Says its job, and would stay for ever. */
process.send?.(jobOfProcess<object>())
setInterval(() => undefined, 60_000)
