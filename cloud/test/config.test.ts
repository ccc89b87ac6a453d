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

  it('a carrier needs its account, its header and the address its receipts go to', () => {
    const account = {
      TWILIO_ACCOUNT_SID: `AC${'0a'.repeat(16)}`,
      TWILIO_AUTH_TOKEN: '0123456789abcdef',
      TWILIO_FROM: 'BAARI',
    }
    expect(readConfig({ ...env, TWILIO_ACCOUNT_SID: '' }).carrier).toBeUndefined()
    expect(() => readConfig({ ...env, ...account })).toThrow('BAARI_PUBLIC_URL')
    expect(() => readConfig({ ...env, TWILIO_FROM: 'BAARI' })).toThrow('TWILIO_AUTH_TOKEN')
    const whole = { ...env, ...account, BAARI_PUBLIC_URL: 'https://baari.example' }
    expect(readConfig(whole).carrier).toMatchObject({ publicUrl: 'https://baari.example' })
  })

  it('cookies are secure when every origin is', () => {
    expect(readConfig(env).secureCookies).toBe(false)
    const secure = readConfig({ ...env, BAARI_CLOUD_ORIGINS: 'https://baari.example/' })
    expect([secure.secureCookies, secure.origins]).toEqual([true, ['https://baari.example']])
  })

  it('shapes have the protocol’s usual settings, and each can be set', () => {
    expect(readConfig(env).shapes).toEqual({
      ...{ chunkBytes: 1_048_576, cache: { maxAgeS: 60, staleS: 300 } },
      ...{ allowDelete: false, unrestricted: false, holdFor: 20_000, streamFor: 60_000 },
      electric: undefined,
    })
    const set = readConfig({
      ...env,
      BAARI_SHAPE_CHUNK_BYTES: '10000',
      BAARI_SHAPE_MAX_AGE_S: '1',
      BAARI_SHAPE_STALE_S: '3',
      BAARI_SHAPE_ALLOW_DELETE: '1',
      ELECTRIC_URL: 'http://electric:3000',
      ELECTRIC_SECRET: '',
    }).shapes
    expect(set).toMatchObject({
      ...{ chunkBytes: 10_000, cache: { maxAgeS: 1, staleS: 3 }, allowDelete: true },
      electric: { url: 'http://electric:3000', secret: undefined },
    })
    // The client of the protocol gives up after 45 s.
    expect(() => readConfig({ ...env, BAARI_SHAPE_LONG_POLL_MS: '45000' })).toThrow('LONG_POLL')
  })

  it('unrestricted shapes are refused beyond this machine', () => {
    const open = { ...env, BAARI_SHAPE_UNRESTRICTED: '1' }
    expect(readConfig(open).shapes.unrestricted).toBe(true)
    for (const host of ['0.0.0.0', '::', '10.0.0.8', 'localhost', 'cloud.example']) {
      expect(() => readConfig({ ...open, BAARI_CLOUD_HOST: host })).toThrow(
        'BAARI_SHAPE_UNRESTRICTED',
      )
    }
  })
})
