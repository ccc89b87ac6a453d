import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { faultPage, pagePath, testedFaults } from '../fault-tests.ts'
import { gitTree } from '../tree.ts'

const root = resolve(import.meta.dirname, '../../..')
const tree = gitTree(root)
writeFileSync(join(root, pagePath), faultPage(tree))
const untested = testedFaults(tree).filter(({ tests }) => tests.length === 0)
for (const { id, fault } of untested) process.stderr.write(`no test names ${id}: ${fault}\n`)
process.stdout.write(`${pagePath} written\n`)
process.exitCode = untested.length === 0 ? 0 : 1
