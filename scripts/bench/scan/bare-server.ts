import { serve } from '@hono/node-server'
import Database from 'better-sqlite3'
import { Hono } from 'hono'
import { z } from 'zod'

/**
 * The limit ours is measured against: the same HTTP server and the same SQLite with one row and
 * one durable commit per request, and nothing of what makes a scan a scan.
 */
const environment = z.object({
  BARE_PORT: z.coerce.number().int(),
  BARE_FILE: z.string().min(1),
})

const scanBody = z.object({ source: z.string(), lane: z.int(), text: z.string() })

function main(): void {
  const { BARE_PORT: port, BARE_FILE: file } = environment.parse(process.env)
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(
    'CREATE TABLE scan (id INTEGER PRIMARY KEY, at_ms INTEGER, lane INTEGER, text TEXT) STRICT',
  )
  const insert = db.prepare('INSERT INTO scan (at_ms, lane, text) VALUES (?, ?, ?)')
  const app = new Hono()
  app.get('/readyz', (c) => c.json({ ok: true }))
  app.post('/v1/scans', async (c) => {
    const { lane, text } = scanBody.parse(await c.req.json())
    const { lastInsertRowid } = insert.run(Date.now(), lane, text)
    return c.json({ id: Number(lastInsertRowid), verdict: 'ADMIT' })
  })
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  process.once('SIGTERM', () => {
    server.close()
    db.close()
    process.exit(0)
  })
}

main()
