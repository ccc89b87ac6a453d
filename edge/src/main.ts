import { compose } from './compose.ts'
import { parseConfig } from './config.ts'

/** Exit codes of sysexits.h: configuration, unavailable, a part failed. */
const badConfiguration = 78
const cannotStart = 69
const partFailed = 70

const version = process.env['npm_package_version'] ?? '0.1.0'

async function main(): Promise<number> {
  const config = parseConfig(process.env)
  if (!config.ok) {
    for (const reason of config.error) process.stderr.write(`${reason}\n`)
    return badConfiguration
  }
  const node = await compose(config.value, version)
  if (!node.ok) {
    process.stderr.write(`${node.error}\n`)
    return cannotStart
  }
  process.stdout.write(`station node: http://${config.value.http.host}:${node.value.httpPort}\n`)
  if (node.value.mqttPort !== null)
    process.stdout.write(`mqtt: ${config.value.mqtt.host}:${node.value.mqttPort}\n`)
  const ending = await Promise.race([signalled(), node.value.failed])
  if (ending !== 'signal') process.stderr.write(`${ending}\n`)
  await node.value.stop()
  return ending === 'signal' ? 0 : partFailed
}

function signalled(): Promise<'signal'> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve('signal'))
  })
}

// At once: parts are stopped, but a write to a line that died or a native handle of a driver may
// outlive them, and the engine's own way out waits for those.
process.exit(await main())
