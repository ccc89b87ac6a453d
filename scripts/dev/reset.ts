import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { dataFolderPath, markerName } from './data-folder.ts'
import { runningWorld } from './world-lock.ts'

/** What a reset would do to a folder, decided before anything is asked or removed. */
type Plan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refuse'; readonly why: string }
  | { readonly kind: 'empty'; readonly entries: readonly string[] }

function plan(folder: string): Plan {
  if (!existsSync(folder)) return { kind: 'nothing' }
  const entries = readdirSync(folder)
  if (entries.every((name) => name === markerName)) return { kind: 'nothing' }
  if (!entries.includes(markerName)) {
    return { kind: 'refuse', why: `${folder} has no ${markerName}: it is not ours to empty.` }
  }
  const pid = runningWorld(folder)
  if (pid !== undefined) {
    return { kind: 'refuse', why: `a world runs on ${folder} (process ${pid}); stop it first.` }
  }
  return { kind: 'empty', entries: entries.filter((name) => name !== markerName) }
}

async function agreed(folder: string): Promise<boolean> {
  if (process.argv.includes('--yes')) return true
  if (!process.stdin.isTTY) {
    process.stderr.write('nobody to ask: say --yes to empty the folder.\n')
    return false
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await lines.question(
      `Empty ${folder}? Bookings, fills and keys in it are gone for good. [y/N] `,
    )
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}

async function main(): Promise<number> {
  const folder = dataFolderPath()
  const decided = plan(folder)
  switch (decided.kind) {
    case 'nothing':
      process.stdout.write(`${folder} is empty already.\n`)
      return 0
    case 'refuse':
      process.stderr.write(`${decided.why}\n`)
      return 1
    case 'empty':
      if (!(await agreed(folder))) return 1
      for (const name of decided.entries) rmSync(join(folder, name), { recursive: true })
      process.stdout.write(`${folder} is empty.\n`)
      return 0
  }
}

process.exitCode = await main()
