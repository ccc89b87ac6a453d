import { composeCloud } from './compose.ts'
import { readConfig } from './config.ts'

const cloud = await composeCloud(readConfig(process.env))

/** The world that starts this process waits for this line. */
console.log(`cloud listens on ${cloud.url}`)

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    cloud.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
}
