import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { driverPages } from '../../src/adapters/http/pages.ts'

const folder = mkdtempSync(join(tmpdir(), 'baari-pages-'))
mkdirSync(join(folder, 'assets'))
writeFileSync(join(folder, 'index.html'), '<title>Baari</title>')
writeFileSync(join(folder, 'assets', 'app-B1a2C3d4.js'), 'plain')
writeFileSync(join(folder, 'assets', 'app-B1a2C3d4.js.br'), 'pressed')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pages = driverPages(folder)
const get = (path: string, headers: Record<string, string> = {}) => pages.request(path, { headers })
const html = { accept: 'text/html' }

describe('the driver pages', () => {
  it('are served at / with a policy that lets nothing in from elsewhere, and asked for anew', async () => {
    const page = await get('/', html)
    expect([page.status, await page.text()]).toEqual([200, '<title>Baari</title>'])
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  })

  it('files with a hash in their name are kept for ever and sent as the build pressed them', async () => {
    const file = await get('/assets/app-B1a2C3d4.js', { 'accept-encoding': 'gzip, br' })
    expect([file.headers.get('content-encoding'), await file.text()]).toEqual(['br', 'pressed'])
    expect(file.headers.get('cache-control')).toContain('immutable')
    expect(await (await get('/assets/app-B1a2C3d4.js')).text()).toBe('plain')
  })

  it('a screen’s own path gets the shell; a missing file, the API and a way out do not', async () => {
    expect((await get('/bookings/7', html)).status).toBe(200)
    expect((await get('/assets/gone.js')).status).toBe(404)
    expect((await get('/v1/nowhere', html)).status).toBe(404)
    expect((await get('/..%2f..%2fetc%2fpasswd')).status).toBe(404)
  })

  it('not built say so at / and nowhere else', async () => {
    const bare = driverPages(join(folder, 'nothing'))
    expect(await (await bare.request('/')).text()).toContain('not built')
    expect((await bare.request('/x', { headers: html })).status).toBe(404)
  })
})
