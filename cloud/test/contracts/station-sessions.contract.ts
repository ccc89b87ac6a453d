import { streams } from '@baari/shared/contracts/sync/session'
import { after, minutes } from '@baari/shared/units/time'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { chainStart } from '../../src/adapters/postgres/sync/chain-hash.ts'
import type { NonceNow } from '../../src/ports/station-sessions.ts'
import type { CloudStores, StoresUnderTest } from './cloud-stores.ts'

/** What every implementation of StationSessions promises. */
export function sessionsContract(name: string, under: StoresUnderTest): void {
  describe(`${name}: station sessions`, () => {
    let stores: CloudStores
    beforeEach(async () => {
      stores = await under.open()
    })
    afterAll(() => under.dispose())

    const nonceOf = (nonce: string) => {
      const now = stores.clock.now()
      return { nonce, expires: after(now, minutes(1)), now }
    }

    const take = async (station: number, asked: NonceNow): Promise<boolean> => {
      const { sessions } = stores
      const known = await sessions.knowsNonce(station, asked)
      const taken = await sessions.transact(station, (tx) => tx.takeNonce(asked))
      expect(known).toBe(taken ?? false)
      return known
    }

    it('a nonce is taken once, by its station, before it ends', async () => {
      const { sessions, station, clock } = stores
      const [first, second] = [stores.uuid(), stores.uuid()]
      await sessions.addNonce(station, nonceOf(first))
      await sessions.addNonce(station, nonceOf(second))
      const now = clock.now()
      expect(await take(station + 5_000, { nonce: first, now })).toBe(false)
      expect(await take(station, { nonce: first, now })).toBe(true)
      expect(await take(station, { nonce: first, now })).toBe(false)
      const late = after(now, minutes(2))
      expect(await take(station, { nonce: second, now: late })).toBe(false)
    })

    it('of many nonces the newest sixteen are kept, and none of a stranger', async () => {
      const { sessions, station, clock } = stores
      const nonces = Array.from({ length: 20 }, () => stores.uuid())
      for (const nonce of nonces) {
        await sessions.addNonce(station, nonceOf(nonce))
        clock.advance(minutes(0.01))
      }
      const now = clock.now()
      const taken: boolean[] = []
      for (const nonce of nonces) taken.push(await take(station, { nonce, now }))
      expect(taken).toEqual(nonces.map((_, index) => index >= 4))
      const stranger = stores.uuid()
      await sessions.addNonce(9_998, nonceOf(stranger))
      expect(await take(9_998, { nonce: stranger, now })).toBe(false)
    })

    it('all nonces of a station can be dropped at once', async () => {
      const { sessions, station, clock } = stores
      const nonces = [stores.uuid(), stores.uuid()]
      for (const nonce of nonces) await sessions.addNonce(station, nonceOf(nonce))
      await sessions.transact(station, (tx) => tx.dropNonces())
      const now = clock.now()
      for (const nonce of nonces) expect(await take(station, { nonce, now })).toBe(false)
    })

    it('an epoch opens with a head at 0 in every stream, and only the current one is in force', async () => {
      const { sessions, station } = stores
      const epoch = stores.uuid().replaceAll('-', '')
      const opened = await sessions.transact(station, async (tx) => {
        await tx.openEpoch({ epoch, prev: null })
        return tx.heads(epoch)
      })
      const heads = [...streams].sort().map((stream) => {
        return { stream, seq: 0, chain: chainStart(station, epoch, stream) }
      })
      expect(opened).toEqual(heads)
      const seen = await sessions.transact(station, async (tx) => ({
        record: tx.record,
        used: await tx.epochUsed(epoch),
        other: await tx.epochUsed('ab'),
      }))
      expect(seen).toMatchObject({ record: { epoch, heads }, used: true, other: false })
    })

    it('an epoch names the one that was in force before it', async () => {
      const { sessions, station } = stores
      const [first, second] = [stores.uuid(), stores.uuid()].map((id) => id.replaceAll('-', ''))
      const seen = await sessions.transact(station, async (tx) => {
        await tx.openEpoch({ epoch: first ?? '', prev: null })
        await tx.openEpoch({ epoch: second ?? '', prev: first ?? '' })
        return Promise.all([second ?? '', first ?? '', 'ab'].map((one) => tx.epochBefore(one)))
      })
      expect(seen).toEqual([first, null, null])
    })

    it('an instance keeps its generation, and the newest stands in the record', async () => {
      const { sessions, station } = stores
      const [first, second] = [stores.uuid(), stores.uuid()]
      await sessions.transact(station, (tx) => tx.saveInstance(first, 1))
      await sessions.transact(station, (tx) => tx.saveInstance(second, 2))
      const seen = await sessions.transact(station, async (tx) => ({
        ...tx.record,
        first: await tx.generationOf(first),
        none: await tx.generationOf('nobody'),
      }))
      expect(seen).toMatchObject({ generation: 2, instance: second, first: 1, none: null })
    })

    it('a token opens its session until it ends', async () => {
      const { sessions, station, clock } = stores
      const token = stores.uuid()
      const session = { stationNo: station, instance: 'i', generation: 1, epoch: 'ab' }
      const expires = after(clock.now(), minutes(15))
      await sessions.transact(station, (tx) => tx.addToken(token, { session, expires }))
      expect(await sessions.byToken(token, clock.now())).toEqual(session)
      expect(await sessions.byToken(token, after(expires, minutes(1)))).toBeUndefined()
      expect(await sessions.byToken('nothing', clock.now())).toBeUndefined()
    })

    it('work that rejects leaves nothing behind', async () => {
      const { sessions, station } = stores
      const epoch = 'cd'.repeat(16)
      const failed = sessions.transact(station, async (tx) => {
        await tx.openEpoch({ epoch, prev: null })
        throw new RangeError('killed here')
      })
      await expect(failed).rejects.toThrow('killed here')
      expect(await sessions.transact(station, (tx) => tx.epochUsed(epoch))).toBe(false)
    })

    it('a stranger has no key and no transaction', async () => {
      const { sessions, station } = stores
      expect(await sessions.keyOf(station)).toEqual({ kid: 142, publicKey: 'key' })
      expect(await sessions.keyOf(9_998)).toBeUndefined()
      expect(await sessions.transact(9_998, () => Promise.resolve(1))).toBeUndefined()
    })
  })
}
