import type { Bus } from '@baari/hardware/ports/bus'
import type { ServiceBook } from '../app/service/service-book.ts'
import type { DispenserLine } from './dispenser-line.ts'

type PlainLine = Omit<DispenserLine, 'dispenser'>

/** What the node asks of a line that is one bus, whatever is on it. */
export function lineOfBus<Request, Reply>(bus: Bus<Request, Reply>): PlainLine {
  return {
    start: () => bus.start(),
    state: () => bus.state(),
    stats: () => ({ ...bus.stats() }),
    faults: () => bus.faults().map(({ fault }) => fault),
    onFault: (call) => void bus.onFault(call),
    close: () => bus.close(),
  }
}

/** Shows a line on the service page; a fault that it tells of is looked at once. */
export function serveLine(
  id: string,
  { state, stats, faults, onFault }: Omit<PlainLine, 'start' | 'close'>,
  service: ServiceBook,
): void {
  service.line({ id, state, counters: stats, faults })
  onFault(() => service.look())
}
