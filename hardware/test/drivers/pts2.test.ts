import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { pumpOnMemory } from '../rigs/pump-on-memory.ts'

dispenserContract('pts2 on a wire in memory', (options) => Promise.resolve(pumpOnMemory(options)), {
  'boot-epoch': 'the controller does not count power cycles',
})
