import { serve } from '@hono/node-server'
import { sandboxApp } from './sandbox-app.ts'

/** Plays the vendors on this machine: `SANDBOX_PORT` on 127.0.0.1, never in production. */
if (process.env['NODE_ENV'] === 'production') {
  console.error('The sandbox does not run in production.')
  process.exit(1)
}
const port = Number(process.env['SANDBOX_PORT'] ?? 7490)
const server = serve({ fetch: sandboxApp(Date.now).fetch, hostname: '127.0.0.1', port }, (bound) =>
  console.log(`SANDBOX listens on http://127.0.0.1:${bound.port} (messages at /log)`),
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => server.close(() => process.exit(0)))
}
