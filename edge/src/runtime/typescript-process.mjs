/** First module of a process written in TypeScript; the thread's twin beside it says why. */
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api')
  register()
}
await import(JSON.parse(process.argv[2]).script)
