import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'

const files = [
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
] as const

/** Found, never imported: the package's own module would keep the whole page's script in memory. */
const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

/** Swagger UI needs no CDN: page, script and style come from the installed package. */
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Baari station API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

// Its own file because the content security policy allows no inline script.
const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', validatorUrl: null })\n`

/** `/openapi.json` (OpenAPI 3.1, made from the route schemas) and `/docs`. */
export function addApiPages(app: OpenAPIHono, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'attendant', {
    type: 'apiKey',
    in: 'cookie',
    name: 'baari_attendant',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Baari station node',
      version,
      description:
        'The node on the station`s LAN. Every change needs the node`s own Origin, ' +
        '`Content-Type: application/json`, the attendant`s cookie and an `Idempotency-Key`.',
    },
  })
  app.get('/docs', (c) => c.html(page))
  app.get('/docs/start.js', (c) =>
    c.body(start, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  )
  // Fixed paths: with a parameter here no router of hono but the slow one could hold the table.
  for (const [name, type] of files) {
    app.get(`/docs/${name}`, async (c) => {
      const bytes = await readFile(join(assets, name))
      return c.body(new Uint8Array(bytes), 200, {
        'content-type': type,
        'cache-control': 'public, max-age=3600',
      })
    })
  }
}
