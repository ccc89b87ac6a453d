import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { run } from './processes.mjs'
import { say } from './say.mjs'

/** Third-party programs the real tests run against, by the command that needs them. */
export const debianPackages = {
  /** Serial lines, brokers and Modbus peers that are not ours, and a compiler for the shim. */
  test: [
    'socat',
    'mosquitto',
    'mosquitto-clients',
    'libmodbus-dev',
    'mbpoll',
    'python3-pymodbus',
    'python3-serial-asyncio',
    'gcc',
    'libc6-dev',
    'pkg-config',
  ],
  /** A browser, and what makes the video it takes for its camera. */
  screens: ['chromium', 'ffmpeg'],
}

/** Debian's switch that keeps newly installed packages from starting their services. */
const policy = '/usr/sbin/policy-rc.d'

async function missing(packages) {
  const format = '-f=${Package} ${Status}\\n'
  const { code, output } = await run('dpkg-query', ['-W', format, ...packages], { quiet: true })
  if (code === 127) return undefined
  const there = output
    .split('\n')
    .filter((line) => line.endsWith('install ok installed'))
    .map((line) => line.split(' ')[0])
  return packages.filter((name) => !there.includes(name))
}

async function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = { quiet: true, env, timeoutMs: 10 * 60_000 }
  const ownPolicy = !existsSync(policy)
  if (ownPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const get = ['install', '-y', '-q', '--no-install-recommends', ...packages]
    if ((await run('apt-get', get, quiet)).code === 0) return true
    await run('apt-get', ['update', '-q'], quiet)
    const { code, output } = await run('apt-get', get, quiet)
    if (code !== 0) say(output.trim().split('\n').slice(-3).join('\n'))
    return code === 0
  } finally {
    if (ownPolicy) rmSync(policy, { force: true })
  }
}

/**
 * Sees that the programs are there: installs what is missing as root on Debian, otherwise says the
 * command. Without them the tests that need them skip and say so.
 * @param {string[]} packages names from `debianPackages`
 */
export async function requireDebianPackages(packages) {
  const lacking = await missing(packages)
  if (lacking === undefined) {
    say(`not a Debian: some tests need these programs and skip without: ${packages.join(' ')}`)
    return
  }
  if (lacking.length === 0) return
  const command = `apt-get install --no-install-recommends ${lacking.join(' ')}`
  if (process.getuid?.() !== 0) {
    say(`for every test to run: sudo ${command}`)
    return
  }
  say(`installing Debian packages: ${lacking.join(' ')}`)
  if (!(await install(lacking))) say(`failed; tests that need them skip. By hand: ${command}`)
}
