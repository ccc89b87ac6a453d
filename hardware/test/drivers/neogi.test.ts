import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { neogiOnMemory, neogiSkips } from '../rigs/neogi-on-memory.ts'

dispenserContract(
  'neogi on a memory wire',
  (options) => Promise.resolve(neogiOnMemory(options)),
  neogiSkips,
)
