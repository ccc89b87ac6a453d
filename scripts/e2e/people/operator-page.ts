import type { Page } from 'playwright-core'
import type { SceneContext } from '../scene.ts'
import type { SceneWorld } from '../scene-world.ts'
import { screenPage } from './station-at-work.ts'

/** The dashboard, signed in, at the page of this name or the first one. */
export async function operatorPage(
  context: SceneContext,
  { cloudUrl, world }: SceneWorld,
  name = '',
): Promise<Page> {
  const url = `${cloudUrl}/operator/#${name}`
  const page = await screenPage(context, url, { width: 1366, height: 768 })
  await page.locator('input[type=email]').fill(world.secrets.operator.email)
  await page.locator('input[type=password]').fill(world.secrets.operator.password)
  await page.locator('button.main').click()
  return page
}
