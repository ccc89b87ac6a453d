import { parseArgs, type ParseArgsConfig } from 'node:util'

/** What Node's `parseArgs` makes of the command line; what it cannot read is said and ends with 2. */
export function commandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    if (!isUnreadable(error)) throw error
    const options = Object.keys(config.options ?? {}).map((name) => `--${name}`)
    // What follows the first sentence explains arguments that look like options.
    console.error(`${error.message.split('. ')[0]}; the options are ${options.join(', ')}`)
    process.exit(2)
  }
}

function isUnreadable(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}
