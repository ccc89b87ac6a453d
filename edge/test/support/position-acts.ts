import type { PositionRig } from './position-rig.ts'
import type { ticketAt } from './fill-rig.ts'

/** What happens at the one position of a rig, for the vehicle of this ticket. */
export function positionActs(of: () => PositionRig, ticket: ReturnType<typeof ticketAt>) {
  async function authorised(): Promise<void> {
    const { controller, rest } = of()
    controller.call({ ticket: ticket.id, staged: false })
    controller.ready(null)
    await rest()
  }
  return {
    sent: (kind: string): number => of().nozzle.sent.filter((one) => one.kind === kind).length,
    authorised,
    async filling(delivered: number): Promise<void> {
      await authorised()
      of().nozzle.lift()
      of().nozzle.flow(delivered)
      await of().rest()
    },
    books: async () => (await of().ledger.run('fill.books', {}))[0]!,
  }
}
