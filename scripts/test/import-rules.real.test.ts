import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plants, soundFiles } from './planted-violations.ts'

type Violation = {
  readonly from: string
  readonly rule: { readonly name: string }
  /** The whole circle; the gate reports it once, from one of its files. */
  readonly cycle?: readonly { readonly name: string }[]
}
type Gate = { readonly forbidden: readonly { readonly name: string }[] }

const root = resolve(import.meta.dirname, '../..')
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const config = join(root, '.dependency-cruiser.cjs')
const workspaces = ['shared', 'hardware', 'edge', 'edge/kiosk', 'cloud', 'cloud/driver-web']
const folders = ['shared', 'hardware', 'edge', 'cloud', 'scripts']

async function violationsIn(folder: string): Promise<readonly Violation[]> {
  const args = [cruiser, '--config', config, '--output-type', 'json', ...folders]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    maxBuffer: 1 << 28,
    timeout: 100_000,
  }).catch((failure: { stdout: string }) => failure)
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations
}

function touches(violation: Violation, file: string): boolean {
  return violation.from === file || violation.cycle?.some(({ name }) => name === file) === true
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
}

/** A tree of our shape below `out/`, where packages resolve upward to the real `node_modules`. */
function plantedTree(): string {
  mkdirSync(join(root, 'out'), { recursive: true })
  const folder = mkdtempSync(join(root, 'out/import-rules-'))
  mkdirSync(join(folder, 'node_modules/@baari'), { recursive: true })
  cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
  for (const workspace of [...workspaces, 'scripts']) {
    const name = workspace.split('/').at(-1) ?? workspace
    mkdirSync(join(folder, workspace), { recursive: true })
    cpSync(join(root, workspace, 'package.json'), join(folder, workspace, 'package.json'))
    symlinkSync(`../../${workspace}`, join(folder, 'node_modules/@baari', name))
  }
  write(folder, soundFiles)
  return folder
}

describe('the import gate', () => {
  let folder: string
  let found: readonly Violation[]

  beforeAll(async () => {
    folder = plantedTree()
    expect(await violationsIn(folder), 'the sound tree').toEqual([])
    write(folder, Object.fromEntries(plants.map(({ file, text }) => [file, text])))
    found = await violationsIn(folder)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(plants)('$file is reported by $rule', ({ rule, file }) => {
    expect(found.filter((v) => touches(v, file)).map((v) => v.rule.name)).toContain(rule)
  })

  it('no file is reported that was not planted', () => {
    const planted = new Set(plants.map(({ file }) => file))
    expect(found.filter(({ from }) => !planted.has(from))).toEqual([])
  })

  it('every rule of the gate has a planted violation', () => {
    const gate = createRequire(import.meta.url)(config) as Gate
    const rules = new Set(gate.forbidden.map(({ name }) => name))
    expect(new Set(plants.map(({ rule }) => rule))).toEqual(rules)
  })

  it('the real tree breaks no rule', async () => {
    expect(await violationsIn(root)).toEqual([])
  })
})
