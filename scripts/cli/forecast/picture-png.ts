import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumMissing, startBrowser } from '../../e2e/browser.ts'
import type { PlotFile } from './plot-pictures.ts'

/**
 * The pictures as PNG files beside them, as a browser draws them.
 * @returns why there are none, where no browser is installed
 */
export async function writePngs(
  folder: string,
  files: readonly PlotFile[],
): Promise<string | undefined> {
  const missing = chromiumMissing()
  if (missing !== undefined) return missing
  const browser = await startBrowser({ width: 1200, height: 800 })
  try {
    const page = await browser.context.newPage()
    for (const { name, svg } of files) {
      await page.setContent(`<body style="margin:0">${svg}</body>`)
      const png = await page.locator('svg').screenshot()
      writeFileSync(join(folder, name.replace(/svg$/, 'png')), png)
    }
    return undefined
  } finally {
    await browser.close()
  }
}
