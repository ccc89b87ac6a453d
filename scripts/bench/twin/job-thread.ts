import { parentPort } from 'node:worker_threads'
import { present } from '@baari/shared/faults/assert'
import { runJob, type Job } from './jobs.ts'

const port = present(parentPort, 'a thread')

port.on('message', (job: Job) => port.postMessage(runJob(job)))
