import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { gilbarcoManifest } from '../../src/drivers/gilbarco-two-wire/gilbarco-two-wire.ts'
import { modbusMeterManifest } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { neogiManifest } from '../../src/drivers/neogi/neogi-head.ts'
import { pts2Manifest } from '../../src/drivers/pts2/pts2-pump.ts'
import { tls350Manifest } from '../../src/drivers/tls350/tls350-gauge.ts'
import { wayneDartManifest } from '../../src/drivers/wayne-dart/wayne-dart.ts'
import { serialQrManifest } from '../../src/drivers/serial-qr/serial-qr.ts'

const manifests = [
  modbusMeterManifest,
  wayneDartManifest,
  gilbarcoManifest,
  serialQrManifest,
  pts2Manifest,
  neogiManifest,
  tls350Manifest,
]

it('every driver has a name of its own and a line in the quality file', () => {
  const quality = readFileSync(join(import.meta.dirname, '../../quality.yaml'), 'utf8')
  expect(new Set(manifests.map(({ name }) => name)).size).toBe(manifests.length)
  for (const { name } of manifests) expect(quality).toMatch(new RegExp(`^\\s*${name}:`, 'm'))
})

it('a configuration that lacks everything is refused by every driver', () => {
  for (const { name, config } of manifests) expect(config.safeParse({}).success, name).toBe(false)
})
