import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Issued = { readonly key: string; readonly cert: string }

/** A certificate authority in a folder, made by openssl as a station's technician would. */
export class TestAuthority {
  readonly #folder: string
  #made = 0

  constructor(folder: string) {
    this.#folder = folder
    this.#openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
    )(...['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3650', '-subj', '/CN=Test authority'])
    writeFileSync(join(folder, 'index.txt'), '')
    writeFileSync(join(folder, 'serial'), '1000')
    writeFileSync(join(folder, 'crlnumber'), '01')
    writeFileSync(
      join(folder, 'ca.cnf'),
      [
        '[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nserial = serial',
        'crlnumber = crlnumber\nnew_certs_dir = .\ndefault_md = sha256',
        'policy = any\ncopy_extensions = copy\nunique_subject = no',
        '[any]\ncommonName = supplied\n',
      ].join('\n'),
    )
  }

  get caPem(): string {
    return this.#read('ca.pem')
  }

  /** A certificate for this name, valid in the given years (UTC, `YYMMDD`). */
  issue(name: string, from = '200101', until = '491231'): Issued {
    this.#made += 1
    const [key, request, cert] = ['key', 'csr', 'pem'].map((end) => `${this.#made}.${end}`) as [
      string,
      string,
      string,
    ]
    const alternative = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    this.#openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
    )(...['-keyout', key, '-out', request, '-subj', `/CN=${name}`, ...alternative])
    this.#openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      '-cert',
      'ca.pem',
    )(
      ...['-keyfile', 'ca.key', '-in', request, '-out', cert],
      ...['-startdate', `${from}000000Z`, '-enddate', `${until}000000Z`],
    )
    return { key: this.#read(key), cert: this.#read(cert) }
  }

  /** Takes the certificate back; the answer is the new list of all that were. */
  revoke({ cert }: Issued): string {
    writeFileSync(join(this.#folder, 'revoked.pem'), cert)
    const authority = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key']
    this.#openssl('ca', ...authority)('-revoke', 'revoked.pem')
    this.#openssl('ca', ...authority)('-gencrl', '-crldays', '3650', '-out', 'crl.pem')
    return this.#read('crl.pem')
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8')
  }

  #openssl(...first: readonly string[]): (...rest: readonly string[]) => void {
    return (...rest) => {
      const ran = spawnSync('openssl', [...first, ...rest], { cwd: this.#folder })
      if (ran.status !== 0) throw new Error(`openssl ${first.join(' ')}: ${String(ran.stderr)}`)
    }
  }
}
