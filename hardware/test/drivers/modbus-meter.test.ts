import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { meterOnMemory } from '../rigs/meter-on-memory.ts'

dispenserContract('modbus-meter on a memory wire', (options) =>
  Promise.resolve(meterOnMemory(options)),
)
