import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InletCertificates } from '@baari/hardware/inlet/secure-door'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Instant } from '@baari/shared/units/time'

/**
 * The certificates of the sensors' secure door: `key.pem`, `cert.pem`, `devices-ca.pem` and, when
 * some were taken back, `devices-crl.pem`. The error is one sentence for the technician.
 */
export function readCertificates(folder: string, now: Instant): Result<InletCertificates, string> {
  try {
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
    const certPem = read('cert.pem')
    const { validToDate } = new X509Certificate(certPem)
    if (validToDate.getTime() <= now) return err(`${folder}/cert.pem has expired`)
    const given = { keyPem: read('key.pem'), certPem, deviceCaPem: read('devices-ca.pem') }
    return existsSync(join(folder, 'devices-crl.pem'))
      ? ok({ ...given, revokedPem: read('devices-crl.pem') })
      : ok(given)
  } catch (error) {
    return err(`certificates in ${folder} cannot be used: ${String(error)}`)
  }
}
