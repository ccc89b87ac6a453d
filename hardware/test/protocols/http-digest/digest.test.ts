import { describe, expect, it } from 'vitest'
import {
  authorizationFor,
  digestFields,
  digestResponse,
  readChallenge,
  type DigestChallenge,
} from '../../../src/protocols/http-digest/digest.ts'

/** RFC 7616 section 3.9.1. */
const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
const login = { user: 'Mufasa', password: 'Circle of Life' }
const use = {
  method: 'GET',
  uri: '/dir/index.html',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  count: 1,
}
const offers = ['SHA-256', 'MD5'].map(
  (algorithm) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`,
)

function challengeIn(...headers: readonly string[]): DigestChallenge {
  const challenge = readChallenge(headers)
  if (challenge === null) return expect.fail(`no challenge in ${headers.join()}`)
  return challenge
}

describe('the examples of the standard', () => {
  it.each([
    [0, '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    [1, '8ca523f5e9506fed4657c9700eebdbec'],
  ])('offer %i of RFC 7616 section 3.9.1 is answered as printed there', (offer, response) => {
    const challenge = challengeIn(offers[offer] ?? '')
    expect(digestResponse(challenge, login, use)).toBe(response)
    const fields = digestFields(authorizationFor(challenge, login, use))
    expect(Object.fromEntries(fields ?? [])).toMatchObject({
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      uri: '/dir/index.html',
      nc: '00000001',
      qop: 'auth',
      response,
      opaque,
    })
  })

  it('the example of RFC 2617 section 3.5 is answered as printed there', () => {
    const header =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    const response = digestResponse(
      challengeIn(header),
      { user: 'Mufasa', password: 'Circle Of Life' },
      { ...use, cnonce: '0a4f113b' },
    )
    expect(response).toBe('6629fae49393a05397450978507c4ef1')
  })
})

describe('which challenge is answered', () => {
  it('the first one in a form we know, whether the server sends one header or several', () => {
    expect(challengeIn(...offers).algorithm).toBe('SHA-256')
    expect(challengeIn(offers.join(', ')).algorithm).toBe('SHA-256')
    expect(challengeIn('Basic realm="x"', offers[1] ?? '').algorithm).toBe('MD5')
    const unknown = 'Digest realm="a", nonce="b", algorithm=SHA-512-256, qop="auth"'
    expect(challengeIn(`${unknown}, ${offers[1] ?? ''}`).algorithm).toBe('MD5')
  })

  it.each([
    ['another scheme', 'Basic realm="x"'],
    ['no nonce', 'Digest realm="x", qop="auth"'],
    ['whole-body protection alone', 'Digest realm="x", nonce="y", qop="auth-int"'],
    ['an unknown hash', 'Digest realm="x", nonce="y", algorithm=CRC'],
    ['nothing', ''],
  ])('%s is not answered', (_, header) => {
    expect(readChallenge([header])).toBeNull()
  })

  it('a nonce that became old is told from a wrong login', () => {
    expect(challengeIn('Digest realm="x", nonce="y", stale=TRUE').stale).toBe(true)
    expect(challengeIn('Digest realm="x", nonce="y", stale=false').stale).toBe(false)
  })
})

describe('what goes into the answer', () => {
  it('each use of a nonce and each nonce of ours gives another response', () => {
    const challenge = challengeIn(offers[0] ?? '')
    const responses = [
      use,
      { ...use, count: 2 },
      { ...use, cnonce: 'x' },
      { ...use, uri: '/' },
    ].map((one) => digestResponse(challenge, login, one))
    expect(new Set(responses).size).toBe(4)
  })

  it('a session algorithm binds the login to both nonces', () => {
    const plain = challengeIn('Digest realm="x", nonce="y", qop="auth", algorithm=MD5')
    const session = { ...plain, algorithm: 'MD5-sess' as const }
    expect(digestResponse(session, login, use)).not.toBe(digestResponse(plain, login, use))
  })

  it('a server without qop gets neither a count nor a nonce of ours', () => {
    const challenge = challengeIn('Digest realm="x", nonce="y"')
    const fields = digestFields(authorizationFor(challenge, login, use))
    expect([...(fields?.keys() ?? [])]).toEqual([
      'username',
      'realm',
      'uri',
      'algorithm',
      'nonce',
      'response',
    ])
  })

  it('quotes and backslashes in a name come through whole', () => {
    const challenge = challengeIn('Digest realm="a \\"b\\" \\\\c", nonce="y", qop="auth"')
    expect(challenge.realm).toBe('a "b" \\c')
    const odd = { user: 'x" , uri="/evil', password: 'p' }
    const fields = digestFields(authorizationFor(challenge, odd, use))
    expect(fields?.get('username')).toBe(odd.user)
    expect(fields?.get('uri')).toBe(use.uri)
  })
})
