import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

/** Pages come from here alone: no CDN, no frame around us, no plug-in. */
const pageHeaders: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'self'"],
  },
})

const hashedName = /\/assets\/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

/** Files with a hash in their name never change; everything else is asked for again each time. */
const cacheHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  c.header(
    'cache-control',
    hashedName.test(c.req.path) ? 'public, max-age=31536000, immutable' : 'no-cache',
  )
}

/**
 * The built driver pages, precompressed where the build left `.br` or `.gz` beside them. A path
 * without a file is a screen of the page's own router and gets the shell.
 */
export function driverPages(folder: string | undefined): Hono {
  const app = new Hono()
  app.use(pageHeaders, cacheHeaders)
  const built = folder !== undefined && existsSync(join(folder, 'index.html'))
  if (!built) {
    app.get('/', (c) => c.text('The driver pages are not built. The API is described at /docs.\n'))
    return app
  }
  app.get('*', serveStatic({ root: folder, precompressed: true }))
  app.get('*', async (c, next) => {
    const isPage = (c.req.header('accept') ?? '').includes('text/html')
    if (!isPage || /^\/(v1|api|hooks)\//.test(c.req.path)) return next()
    return serveStatic({ root: folder, path: 'index.html', precompressed: true })(c, next)
  })
  return app
}

/** The built operators' page under `/operator/`, one shell for all its screens. */
export function dashboardPages(folder: string | undefined): Hono {
  const app = new Hono()
  app.use('/operator/*', pageHeaders, cacheHeaders)
  app.get('/operator', (c) => c.redirect('/operator/'))
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) {
    app.get('/operator/', (c) => c.text('The operators’ page is not built.\n'))
    return app
  }
  const files = {
    root: folder,
    rewriteRequestPath: (path: string) => path.slice('/operator'.length),
  }
  app.get('/operator/*', serveStatic(files))
  return app
}

/** Swagger UI from the package's own files, set up by a script of ours: no inline code. */
export function docsPages(assetFolder: string): Hono {
  const app = new Hono()
  app.use('/docs/*', pageHeaders)
  app.get('/docs', (c) => c.redirect('/docs/'))
  app.get('/docs/', (c) => c.html(docsPage))
  app.get('/docs/start.js', (c) => c.body(docsScript, 200, { 'content-type': 'text/javascript' }))
  app.get(
    '/docs/:file{[a-z-]+\\.(?:js|css)}',
    serveStatic({
      root: assetFolder,
      rewriteRequestPath: (path) => path.slice('/docs'.length),
    }),
  )
  return app
}

const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Baari cloud API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

const docsScript = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true })\n`
