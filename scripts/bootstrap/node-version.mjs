import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Stop } from './say.mjs'

/** The oldest Node that runs everything: it strips types by tsx and requires modules as ESM. */
const oldest = [20, 19]

/** From here Node runs TypeScript itself, so no loader is registered. */
const nativeTypeScript = 24

const numbers = () => process.versions.node.split('.').map(Number)

export function requireNode() {
  const [major, minor] = numbers()
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  throw new Stop(
    `Node ${process.versions.node} is too old; install Node ${oldest.join('.')} or newer (24 LTS is best).`,
  )
}

/** Arguments that let this Node run our TypeScript from source, in workers too. */
export function typeScriptArguments() {
  if (numbers()[0] >= nativeTypeScript) return []
  const tsx = createRequire(import.meta.url).resolve('tsx')
  return ['--import', pathToFileURL(tsx).href]
}
