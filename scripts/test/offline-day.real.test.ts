import { it } from 'vitest'
import { scene } from '../e2e/offline-day.ts'

it('a station whose cloud was killed answers forty scans, fills five vehicles, and both ledgers are equal afterwards', async () => {
  await scene.run({ say: (line) => console.log(line) })
}, 120_000)
