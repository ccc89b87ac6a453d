import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const docs = resolve(import.meta.dirname, '../../docs')
const rows = readFileSync(join(docs, 'journeys.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| J'))

describe('the page of the journeys', () => {
  it('has a row for each of the twelve', () => {
    for (let no = 1; no <= 12; no += 1) {
      expect(rows.some((row) => new RegExp(`^\\| J${no}[ (]`).test(row))).toBe(true)
    }
  })

  it('names every scene that plays a journey', () => {
    const scenes = readdirSync(join(docs, '../scripts/e2e/scenes/journeys'))
    expect(
      scenes.filter((file) => !rows.some((row) => row.includes(`/journeys/${file})`))),
    ).toEqual([])
  })

  it.each(rows)('names a file and its test, or what is missing: %s', (row) => {
    const links = [...row.matchAll(/\]\(([^)]+)\)(?: “([^”]+)”)?/g)]
    expect(links.length > 0 || row.includes('not yet: ')).toBe(true)
    for (const [, path = '', claim] of links) {
      const file = join(docs, path)
      expect(existsSync(file), path).toBe(true)
      if (claim !== undefined) expect(readFileSync(file, 'utf8')).toContain(claim)
    }
  })
})
