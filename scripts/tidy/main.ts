import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { exceptions } from './exceptions.ts'
import { judge } from './judge.ts'
import { sizeReport } from './rules/sizes.ts'
import { gitTree } from './tree.ts'

const root = resolve(import.meta.dirname, '../..')

/**
 * knip finds files, exports and dependencies nobody uses; its rules stand in knip.json. What it read
 * of files that are as they were is kept at a desk; CI, whose machine is new, reads all.
 */
function deadParts(): Promise<string> {
  const knip = join(root, 'node_modules/knip/bin/knip.js')
  const kept = process.env['CI'] === undefined ? ['--cache'] : []
  const args = [knip, '--no-progress', '--no-config-hints', ...kept]
  const child = spawn(process.execPath, args, { cwd: root })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done(code === 0 ? '' : Buffer.concat(said).toString().trim()))
  })
}

const dead = deadParts()
const tree = gitTree(root)
const findings = judge(tree, exceptions)
for (const { rule, file, what } of findings) process.stdout.write(`${rule}: ${file}: ${what}\n`)
for (const line of sizeReport(tree)) process.stdout.write(`${line}\n`)
const unused = await dead
if (unused !== '') process.stdout.write(`unused parts, found by knip:\n${unused}\n`)
// What shared parts are for is known only once both processes exist; until then they are listed.
const whole = tree.has('edge/src/main.ts') && tree.has('cloud/src/main.ts')
process.exitCode = findings.length > 0 || (whole && unused !== '') ? 1 : 0
