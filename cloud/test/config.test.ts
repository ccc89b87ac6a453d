import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'

const env = { BAARI_DATABASE_URL: 'postgres://127.0.0.1/x', BAARI_CLOUD_DATA: '/tmp/x' }

describe('configuration', () => {
  it('names every wrong variable at once', () => {
    const wrong = () => readConfig({ BAARI_CLOUD_PORT: 'seven' })
    for (const name of ['BAARI_CLOUD_PORT', 'BAARI_DATABASE_URL', 'BAARI_CLOUD_DATA']) {
      expect(wrong).toThrow(name)
    }
  })

  it('the sandbox is refused in production and beyond this machine', () => {
    const sandbox = { ...env, SANDBOX_URL: 'http://127.0.0.1:7490' }
    expect(readConfig(sandbox).sandboxUrl).toBe('http://127.0.0.1:7490')
    expect(() => readConfig({ ...sandbox, NODE_ENV: 'production' })).toThrow('production')
    expect(() => readConfig({ ...env, SANDBOX_URL: 'http://10.0.0.8' })).toThrow('loopback')
  })

  it('cookies are secure when every origin is', () => {
    expect(readConfig(env).secureCookies).toBe(false)
    const secure = readConfig({ ...env, BAARI_CLOUD_ORIGINS: 'https://baari.example/' })
    expect([secure.secureCookies, secure.origins]).toEqual([true, ['https://baari.example']])
  })
})
