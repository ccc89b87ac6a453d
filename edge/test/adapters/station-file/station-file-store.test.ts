import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStationFile } from '../../../src/adapters/station-file/station-file-store.ts'

const good = readFileSync(join(import.meta.dirname, 'valid/simulated-station.yaml'), 'utf8')
const better = good.replace('Simulated station', 'Better station')

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-station-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (): ReturnType<typeof openStationFile> =>
  openStationFile({ file: join(folder, 'station.yaml'), kept: join(folder, 'kept/station.yaml') })
const write = (text: string): void => writeFileSync(join(folder, 'station.yaml'), text)

describe('L02: the node stays on the last good station file', () => {
  it('a good file is used and kept', () => {
    write(good)
    expect(open()).toMatchObject({ ok: true, value: { from: 'file', problems: [] } })
    expect(readFileSync(join(folder, 'kept/station.yaml'), 'utf8')).toBe(good)
  })

  it('a file that was broken later is refused and the kept one stays in force', () => {
    write(better)
    open()
    write(good.replace('address: 2', 'address: 1'))
    const opened = open()
    expect(opened).toMatchObject({
      ok: true,
      value: {
        from: 'kept',
        plan: { station: { name: 'Better station' } },
        problems: [{ path: 'dispensers[1].address', reason: '1 is used twice on bus sim' }],
      },
    })
    expect(readFileSync(join(folder, 'kept/station.yaml'), 'utf8')).toBe(better)
  })

  it('a file that vanished leaves the kept one in force and says so', () => {
    write(good)
    open()
    rmSync(join(folder, 'station.yaml'))
    expect(open()).toMatchObject({ ok: true, value: { from: 'kept' } })
  })

  it('without any good file the node does not start, and the reason names the path', () => {
    write('station: { id: IN-GJ-0042 }')
    const opened = open()
    expect(opened.ok ? '' : opened.error).toContain('dispensers: Invalid input')
    expect(existsSync(join(folder, 'kept/station.yaml'))).toBe(false)
  })
})
