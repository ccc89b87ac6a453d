import { buildEdge, buildScreens, buildShims } from './bootstrap/builds.mjs'
import { debianPackages, requireDebianPackages } from './bootstrap/debian.mjs'
import { withLock } from './bootstrap/lock.mjs'
import { requireNode } from './bootstrap/node-version.mjs'
import { installPackages } from './bootstrap/packages.mjs'
import { below } from './bootstrap/root.mjs'

/**
 * Makes a clone ready for a command: right Node, packages as locked, third-party programs, and
 * built parts that are not older than their sources. Plain Node without packages, because it runs
 * before there are any. Two commands at once do the work once.
 * @param {{programs?: (keyof typeof debianPackages)[], screens?: boolean, shims?: boolean, edge?: boolean}} needs
 *   `edge` is the node built as it runs at a station
 */
export async function bootstrap(needs = {}) {
  const { programs = [], screens = false, shims = false, edge = false } = needs
  requireNode()
  await withLock(below('out/bootstrap.lock'), async () => {
    await installPackages()
    const packages = programs.flatMap((group) => debianPackages[group])
    if (packages.length > 0) await requireDebianPackages(packages)
    if (screens) await buildScreens()
    if (shims) await buildShims()
    if (edge) await buildEdge()
  })
}
