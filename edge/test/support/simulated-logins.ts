import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulatedLogin } from '@baari/hardware/simulators/pts2-heads'
import { loginsFileName } from '../../src/adapters/system/device-logins.ts'

/** Made for one run, and known to the node and to the simulated controllers by their files alone. */
const login = { user: 'node', password: randomBytes(18).toString('base64url') }

/** Writes the logins of a node whose controllers are simulated; answers the path. */
export function writeSimulatedLogins(folder: string): string {
  const path = join(folder, loginsFileName)
  writeFileSync(path, JSON.stringify({ [simulatedLogin]: login }), { mode: 0o600 })
  return path
}
