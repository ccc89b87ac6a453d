import { expect, it } from 'vitest'
import { makeCleanUps } from '../../src/testing/clean-ups.ts'

it('ends the last first, and the others too when one fails', async () => {
  const cleanUps = makeCleanUps()
  const ended: string[] = []
  cleanUps.push(() => ended.push('process'))
  cleanUps.push(() => Promise.reject(new Error('folder not empty')))
  cleanUps.push(() => ended.push('client'))
  await expect(cleanUps.run()).rejects.toThrow('folder not empty')
  expect(ended).toEqual(['client', 'process'])
  await cleanUps.run()
  expect(ended).toEqual(['client', 'process'])
})
