import { composeCloud } from './compose.ts'
import { composeOpenShapes } from './compose/open-shapes.ts'
import { readConfig } from './config.ts'

const config = readConfig(process.env)
const cloud = await (config.shapes.unrestricted ? composeOpenShapes(config) : composeCloud(config))

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
