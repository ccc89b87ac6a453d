import { readFileSync, statSync } from 'node:fs'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { z } from 'zod'

/** User and password by which the node logs in at a device. */
export type DeviceLogin = { readonly user: string; readonly password: string }

export const loginsFileName = 'device-logins.json'

const loginsFile = z.record(
  z.string(),
  z.strictObject({ user: z.string().min(1).max(64), password: z.string().min(1).max(128) }),
)

/**
 * `device-logins.json`, mode 0600, below the data folder: logins by the names that the station file
 * gives them. They stand apart from it because the station file is shown, copied and mailed. The
 * error is one sentence for the technician and never names a password.
 */
export function readDeviceLogin(path: string, name: string): Result<DeviceLogin, string> {
  const text = readPrivate(path)
  if (!text.ok) return text
  const parsed = loginsFile.safeParse(json(text.value))
  if (!parsed.success) return err(`${path} is no list of logins, each with user and password`)
  const login = Object.hasOwn(parsed.data, name) ? parsed.data[name] : undefined
  return login === undefined ? err(`${path} has no login ${name}`) : ok(login)
}

function readPrivate(path: string): Result<string, string> {
  try {
    const othersMayRead = (statSync(path).mode & 0o077) !== 0
    return othersMayRead
      ? err(`${path} may be read by others: chmod 600 it`)
      : ok(readFileSync(path, 'utf8'))
  } catch {
    return err(`${path} cannot be read`)
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
