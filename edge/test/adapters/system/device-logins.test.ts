import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loginsFileName, readDeviceLogin } from '../../../src/adapters/system/device-logins.ts'

describe('logins of devices', () => {
  let folder = ''
  let path = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baari-logins-'))
    path = join(folder, loginsFileName)
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const keep = (content: unknown, mode = 0o600): void => {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    chmodSync(path, mode)
  }
  const known = { forecourt: { user: 'node', password: 'made for this test' } }
  const reason = (name: string): string => {
    const read = readDeviceLogin(path, name)
    return read.ok ? '' : read.error
  }

  it('a login is found by the name the station file gives it', () => {
    keep(known)
    expect(readDeviceLogin(path, 'forecourt')).toEqual({ ok: true, value: known.forecourt })
  })

  it('a name that is not there is refused, and so is one of the language itself', () => {
    keep(known)
    expect(reason('other')).toContain('has no login other')
    expect(reason('constructor')).toContain('has no login constructor')
  })

  it.each([0o640, 0o604, 0o644])('a file that others may read (mode %o) is refused', (mode) => {
    keep(known, mode)
    expect(reason('forecourt')).toContain('chmod 600')
  })

  it.each([
    ['no file', null],
    ['no JSON', '{'],
    ['a login without its password', { forecourt: { user: 'node' } }],
    ['more than a login has', { forecourt: { ...known.forecourt, host: 'x' } }],
  ])('%s is refused in a sentence that names no password', (_, content) => {
    if (content !== null) keep(content)
    expect(reason('forecourt')).toContain(loginsFileName)
    expect(reason('forecourt')).not.toContain(known.forecourt.password)
  })
})
