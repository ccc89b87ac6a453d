import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { z } from 'zod'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { fault } from './line-faults.ts'

/** Names the kernel gives out in the order of plugging: after a restart they mean another device. */
const namedByIndex = /^\/dev\/tty(USB|ACM)\d+$/

/**
 * How a serial adapter is found again under whatever name it has today (S10): by its `by-id` link,
 * by USB vendor, product and serial number, or by a path that is bound to a socket of the machine.
 */
export const serialMatchSchema = z.union([
  z.strictObject({ by_id: z.string().min(1) }),
  z.strictObject({
    vid: z.string().regex(/^[0-9a-fA-F]{4}$/),
    pid: z
      .string()
      .regex(/^[0-9a-fA-F]{4}$/)
      .optional(),
    serial: z.string().optional(),
  }),
  z.strictObject({
    path: z
      .string()
      .startsWith('/')
      .refine((path) => !namedByIndex.test(path), 'ttyUSBn and ttyACMn change: use by_id or vid'),
  }),
])
export type SerialMatch = z.infer<typeof serialMatchSchema>

const byIdFolder = '/dev/serial/by-id'

/** The path of the adapter now, or why there is none. Two that match are refused: we would guess. */
export async function findSerialPath(
  name: string,
  match: SerialMatch,
  linkFolder: string = byIdFolder,
): Promise<Result<string, Fault>> {
  if ('path' in match) return ok(match.path)
  const paths =
    'by_id' in match ? await pathsById(match.by_id, linkFolder) : await pathsByUsb(match)
  const [path] = paths
  if (path === undefined)
    return err(fault('port_unavailable', name, 'no such adapter is plugged in'))
  if (paths.length > 1) {
    return err(
      fault('port_unavailable', name, `${paths.length} adapters match: ${paths.join(', ')}`),
    )
  }
  return ok(path)
}

async function pathsById(pattern: string, folder: string): Promise<readonly string[]> {
  const links = await readdir(folder).catch(() => [])
  const wanted = new RegExp(`^(?:${pattern})$`)
  return links.filter((link) => wanted.test(link)).map((link) => join(folder, link))
}

async function pathsByUsb(match: {
  readonly vid: string
  readonly pid?: string | undefined
  readonly serial?: string | undefined
}): Promise<readonly string[]> {
  const ports = await SerialPort.list().catch(() => [])
  const same = (wanted: string | undefined, seen: string | undefined): boolean =>
    wanted === undefined || wanted.toLowerCase() === seen?.toLowerCase()
  return ports
    .filter(
      (port) =>
        same(match.vid, port.vendorId) &&
        same(match.pid, port.productId) &&
        same(match.serial, port.serialNumber),
    )
    .map((port) => port.path)
}
