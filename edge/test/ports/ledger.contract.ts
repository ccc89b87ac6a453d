import { assert } from '@baari/shared/faults/assert'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ledger } from '../../src/ports/ledger.ts'
import { LedgerFailure } from '../../src/ports/ledger-failure.ts'
import type { ContractCommands } from './contract-commands.ts'

export type LedgerUnderTest = {
  /** Opens the same file each time it is called in one test; the first call makes it. */
  open(): Promise<Ledger<ContractCommands>>
  dispose(): Promise<void>
}

/** What every implementation of the Ledger port promises. */
export function ledgerContract(name: string, make: () => LedgerUnderTest): void {
  describe(`${name} keeps the promises of the ledger`, () => {
    let under: LedgerUnderTest
    let ledger: Ledger<ContractCommands>

    beforeEach(async () => {
      under = make()
      ledger = await under.open()
    })
    afterEach(async () => {
      await ledger.close()
      await under.dispose()
    })

    it('a command sees what the command before it stored', async () => {
      const answers = await Promise.all([
        ledger.run('note.add', { text: 'a' }),
        ledger.run('note.add', { text: 'b' }),
        ledger.run('note.list', {}),
      ])
      expect(answers).toEqual([1, 2, ['a', 'b']])
    })

    it('many waiting commands are answered in the order they were given', async () => {
      const order: number[] = []
      const texts = Array.from({ length: 700 }, (_, i) => String(i))
      await Promise.all(
        texts.map(async (text) => order.push(await ledger.run('note.add', { text }))),
      )
      expect(order).toEqual(texts.map((_, i) => i + 1))
      expect(await ledger.run('note.list', {})).toEqual(texts)
    })

    it('a command that throws rolls back alone', async () => {
      const results = await Promise.allSettled([
        ledger.run('note.add', { text: 'kept' }),
        ledger.run('note.addAndThrow', { text: 'lost' }),
        ledger.run('note.add', { text: 'kept too' }),
      ])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(await ledger.run('note.list', {})).toEqual(['kept', 'kept too'])
    })

    it('a failed assertion arrives as a Bug with its message', async () => {
      const error: unknown = await ledger
        .run('note.addAndThrow', { text: 'x' })
        .catch((e: unknown) => e)
      expect(error).toMatchObject({ name: 'Bug', message: 'thrown after x' })
    })

    it('a reading command cannot write', async () => {
      await expect(ledger.run('note.writeInRead', {})).rejects.toThrow(/readonly/)
      expect(await ledger.run('note.list', {})).toEqual([])
    })

    it('listeners hear the names of commands whose changes were committed, and only those', async () => {
      const heard: string[] = []
      const stop = ledger.onCommit((names) => heard.push(...names))
      await ledger.run('note.add', { text: 'a' })
      await ledger.run('note.list', {})
      await ledger.run('note.addAndThrow', { text: 'b' }).catch(() => undefined)
      expect(heard).toEqual(['note.add'])
      stop()
      await ledger.run('note.add', { text: 'c' })
      expect(heard).toEqual(['note.add'])
    })

    it('the thousand-and-first waiting command is refused with ledger_failed', async () => {
      const runs = Array.from({ length: 1001 }, () => ledger.run('note.list', {}))
      const results = await Promise.allSettled(runs)
      const last = results.at(-1)
      assert(last?.status === 'rejected', 'the last run is refused')
      expect(last.reason).toBeInstanceOf(LedgerFailure)
      expect((last.reason as LedgerFailure).fault.code).toBe('ledger_failed')
      expect(results.slice(0, -1).every(({ status }) => status === 'fulfilled')).toBe(true)
    })

    it('a closed ledger refuses and the file keeps what was answered', async () => {
      await ledger.run('note.add', { text: 'durable' })
      await ledger.close()
      await expect(ledger.run('note.list', {})).rejects.toBeInstanceOf(LedgerFailure)
      ledger = await under.open()
      expect(await ledger.run('note.list', {})).toEqual(['durable'])
    })

    it('a command knows the station time of the moment it was asked', async () => {
      const { at, trusted } = await ledger.run('clock.read', {})
      expect({ at, trusted }).toEqual({ at: 1_760_000_000_000, trusted: true })
    })
  })
}
