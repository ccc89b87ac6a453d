import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { gilbarcoOnMemory, gilbarcoSkips } from '../rigs/gilbarco-on-memory.ts'

dispenserContract(
  'gilbarco-two-wire on a memory wire',
  (options) => Promise.resolve(gilbarcoOnMemory(options)),
  gilbarcoSkips,
)
