import { headDrivers, usualFamily } from '@baari/hardware/simulators/head-families'
import { commandLine } from './command-line.ts'
import { dataFolder, secretsFolder } from './data-folder.ts'
import { SetupError } from './setup-error.ts'
import { claimWorld } from './world-lock.ts'
import { placesFrom, usualBase } from './world/places.ts'
import { startWorld, type World } from './world/start-world.ts'
import { welcome } from './world/welcome.ts'

/** `npm start`: the whole system on this machine, until Ctrl-C. */
async function main(): Promise<number> {
  const { values } = commandLine({
    options: {
      'port-base': { type: 'string', default: String(usualBase) },
      flow: { type: 'string', default: '150' },
      /** Driver of the simulated dispensers, such as modbus-meter. */
      protocol: { type: 'string', default: usualFamily },
    },
  })
  const places = placesFrom(wholeNumber(values['port-base'], 'port-base'))
  const folder = dataFolder()
  const release = claimWorld(folder)
  const asked = askedToStop()
  try {
    const world = await startWorld({
      folder,
      secretsFolder: secretsFolder(),
      places,
      flowGramsPerSecond: wholeNumber(values.flow, 'flow'),
      autopilot: true,
      station: { driver: knownDriver(values.protocol) },
      say: (line) => console.log(line),
    })
    console.log(welcome(places, world.secrets, `${folder}/logs`))
    await asked
    await end(world)
    return 0
  } finally {
    release()
  }
}

async function end(world: World): Promise<void> {
  console.log('\nending')
  await world.stop()
}

/**
 * Resolves at the first signal. Further ones change nothing: a terminal and npm may both pass the
 * same Ctrl-C on, and every part has a bound of its own after which it is killed.
 */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve())
  })
}

function wholeNumber(text: string, option: string): number {
  if (!/^\d+$/.test(text)) throw new SetupError(`--${option} takes a whole number, not "${text}"`)
  return Number(text)
}

function knownDriver(name: string): string {
  if ((headDrivers as readonly string[]).includes(name)) return name
  throw new SetupError(`--protocol takes one of ${headDrivers.join(', ')}, not "${name}"`)
}

try {
  process.exitCode = await main()
} catch (reason) {
  if (!(reason instanceof SetupError)) throw reason
  console.error(reason.message)
  process.exitCode = 1
}
