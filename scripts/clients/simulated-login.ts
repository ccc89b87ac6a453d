import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loginsFileName } from '@baari/edge/adapters/system/device-logins'
import { simulatedLogin } from '@baari/hardware/simulators/pts2-heads'

/**
 * The logins of a node whose controllers are simulated: one of its own, made once per folder and
 * known to both ends by this file alone. Answers its path.
 */
export function writeSimulatedLogin(folder: string): string {
  const path = join(folder, loginsFileName)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const login = { user: 'node', password: randomBytes(18).toString('base64url') }
  writeFileSync(path, JSON.stringify({ [simulatedLogin]: login }), { mode: 0o600 })
  return path
}
