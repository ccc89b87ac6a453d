import { dispenserContract, type DispenserSkips } from '../contracts/dispenser.contract.ts'
import { dartOnMemory } from '../rigs/dart-on-memory.ts'

export const dartSkips: DispenserSkips = {
  'boot-epoch': 'a DART pump counts no power cycles',
}

dispenserContract(
  'wayne-dart on a memory wire',
  (options) => Promise.resolve(dartOnMemory(options)),
  dartSkips,
)
