import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the clone, whatever the working folder is. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A path below the clone. */
export const below = (...parts) => join(root, ...parts)
