import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@baari/shared/runtime/clock'
import type { DriverContext } from '../../ports/device.ts'
import type { StopInput } from '../../ports/stop-input.ts'
import { fault } from '../../transports/line-faults.ts'
import { ContactInput, type ContactSource } from './contact-input.ts'
import type { GpioStopConfig } from './manifest.ts'

/**
 * The emergency stop's contact at a line of the computer, by the kernel's file interface: `value`
 * holds 1 while the contact is closed (pulled down). Such a file is memory of the kernel, not a
 * disk, and is read in microseconds.
 */
export function createGpioStop(config: GpioStopConfig, { clock }: DriverContext): StopInput {
  return new ContactInput(config, { clock, source: lineSource(config, clock) })
}

function lineSource(config: GpioStopConfig, clock: Clock): ContactSource {
  return ({ onContact, onMissed }) => {
    let cancel = (): void => undefined
    let file: number | null = null
    const forget = (): void => {
      if (file !== null) closeSync(file)
      file = null
    }
    const look = (): void => {
      try {
        file ??= openLine(config)
        onContact(readLine(file), clock.mono(), true)
      } catch (error) {
        forget()
        onMissed(fault('port_unavailable', config.id, `line ${config.line}: ${String(error)}`))
      }
      cancel = clock.after('gpio-look', config.pollMs, look)
    }
    return {
      start: look,
      stop() {
        cancel()
        forget()
      },
    }
  }
}

/** Asks the kernel for the line when it does not show it yet. */
function openLine({ folder, line }: GpioStopConfig): number {
  const shown = join(folder, `gpio${line}`)
  if (!existsSync(shown)) writeFileSync(join(folder, 'export'), String(line))
  return openSync(join(shown, 'value'), 'r')
}

function readLine(file: number): boolean {
  const text = Buffer.alloc(4)
  const value = text.toString('latin1', 0, readSync(file, text, 0, 4, 0)).trim()
  if (value !== '0' && value !== '1') throw new RangeError(`reads "${value}"`)
  return value === '1'
}
