import { afterEach, describe, expect, it, vi } from 'vitest'
import { commandLine } from '../dev/command-line.ts'

const options = { seed: { type: 'string' }, quick: { type: 'boolean' } } as const

afterEach(() => vi.restoreAllMocks())

describe('a command line', () => {
  it('is read as Node reads it', () => {
    expect(commandLine({ args: ['--seed', '7'], options }).values).toEqual({ seed: '7' })
  })

  it.each([
    [['--sed', '7'], "Unknown option '--sed'"],
    [['--seed'], "Option '--seed <value>' argument missing"],
    [['--quick=yes'], "Option '--quick' does not take an argument"],
    [['seven'], "Unexpected argument 'seven'"],
  ])('%j is told in one line with what there is, and ends with 2', (args, told) => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    const end = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`ended with ${String(code)}`)
    })
    expect(() => commandLine({ args, options })).toThrow('ended with 2')
    expect(end).toHaveBeenCalledOnce()
    expect(said).toHaveBeenCalledExactlyOnceWith(`${told}; the options are --seed, --quick`)
  })
})
