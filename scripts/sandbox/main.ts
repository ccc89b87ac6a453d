import { serve } from '@hono/node-server'
import { sandboxApp } from './sandbox-app.ts'

/**
 * Plays the vendors on this machine: `SANDBOX_PORT` on 127.0.0.1, never in production, for the
 * account of the local world (`TWILIO_ACCOUNT_SID`, `TWILIO_AUTH_TOKEN`).
 */
if (process.env['NODE_ENV'] === 'production') {
  console.error('The sandbox does not run in production.')
  process.exit(1)
}
const [sid, token] = [process.env['TWILIO_ACCOUNT_SID'], process.env['TWILIO_AUTH_TOKEN']]
if (!sid || !token) {
  console.error('The sandbox needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of the local world.')
  process.exit(1)
}
const port = Number(process.env['SANDBOX_PORT'] ?? 7490)
const app = sandboxApp({
  now: Date.now,
  account: { sid, token },
  onFault: (what) => console.error(what),
})
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (bound) =>
  console.log(`SANDBOX listens on http://127.0.0.1:${bound.port} (messages at / and /log)`),
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => server.close(() => process.exit(0)))
}
