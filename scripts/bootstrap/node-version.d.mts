/** @throws when this Node is older than what everything needs */
export function requireNode(): void

/** Arguments that let this Node run our TypeScript from source, in workers too. */
export function typeScriptArguments(): readonly string[]
