import { scene as offlineDay } from './offline-day.ts'
import type { Scene } from './scene.ts'

const scenes: readonly Scene[] = [offlineDay]

/** `npm run e2e [-- scene...]`: plays the named scenes, or all, and tells how they ended. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !scenes.some((scene) => scene.name === name))
  if (unknown.length > 0) {
    console.error(
      `no scene ${unknown.join(', ')}; there are: ${scenes.map((s) => s.name).join(', ')}`,
    )
    return 1
  }
  const chosen = scenes.filter(({ name }) => names.length === 0 || names.includes(name))
  let failed = 0
  for (const scene of chosen) {
    try {
      console.log(`\n${scene.name}`)
      await scene.run({ say: (line) => console.log(`  ${line}`) })
    } catch (reason) {
      failed += 1
      console.error(reason)
    }
  }
  const skipped = scenes.length - chosen.length
  console.log(`\n${chosen.length - failed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
