/** A file that breaks one import rule, and the name under which the gate must report it. */
export type Plant = { readonly rule: string; readonly file: string; readonly text: string }

const take = (specifier: string): string => `import * as it from '${specifier}'\nexport { it }\n`

/** Files a plant needs to point at; the tree of these alone is clean. */
export const soundFiles: Readonly<Record<string, string>> = {
  'shared/src/units/mass.ts': 'export const gram = 1\n',
  'shared/src/faults/result.ts': 'export const ok = true\n',
  'shared/src/contracts/http/fill.ts': 'export const fill = 1\n',
  'shared/src/testing/manual-clock.ts': 'export const clock = 1\n',
  'shared/src/runtime/clock.ts': 'export const clock = 1\n',
  'shared/src/codecs/token.ts': take('base45') + "export * from '../units/mass.ts'\n",
  'shared/src/domain/tariff.ts': take('../units/mass.ts'),
  'hardware/src/ports/dispenser.ts': take('@baari/shared/units/mass'),
  'hardware/src/simulators/dispenser.ts': take('@baari/shared/testing/manual-clock'),
  'edge/src/domain/fill/fill-states.ts':
    take('@baari/shared/domain/tariff') + "export * from './fill-limit.ts'\n",
  'edge/src/domain/fill/fill-limit.ts': take('@baari/shared/faults/result'),
  'edge/src/ports/ledger.ts': take('@baari/shared/units/mass'),
  'edge/src/app/fill/settle-fill.ts':
    take('../../domain/fill/fill-limit.ts') + "export * from '../../ports/ledger.ts'\n",
  'edge/src/adapters/sqlite/ledger.ts': take('better-sqlite3'),
  'edge/src/adapters/http/routes.ts':
    take('@baari/shared/contracts/http/fill') + "export * from '@baari/shared/runtime/clock'\n",
  'edge/src/adapters/devices/join.ts': take('@baari/hardware/ports/dispenser'),
  'edge/src/compose.ts': take('./adapters/sqlite/ledger.ts'),
  'edge/src/main.ts': take('./compose.ts'),
  'edge/test/ledger.test.ts': take('vitest'),
  'edge/kiosk/src/parts/lamp.ts': take('@baari/shared/units/mass'),
  'edge/kiosk/src/screens/lane-display.ts': take('../parts/lamp.ts'),
  'edge/kiosk/src/screens/lane-row.ts': take('./lane-display.ts'),
  'cloud/src/domain/booking/sell.ts': take('@baari/shared/units/mass'),
  'cloud/src/adapters/postgres/pool.ts': take('pg'),
  'cloud/driver-web/src/parts/ticket.ts': take('@baari/shared/units/mass'),
  'scripts/sim/world.ts':
    take('@baari/edge/domain/fill/fill-states') +
    "export * from '@baari/cloud/domain/booking/sell'\n",
}

/** At least one plant per rule of the gate. */
export const plants: readonly Plant[] = [
  { rule: 'no-cycles', file: 'edge/src/domain/fill/ring.ts', text: take('./ring-back.ts') },
  { rule: 'no-cycles', file: 'edge/src/domain/fill/ring-back.ts', text: take('./ring.ts') },
  { rule: 'unresolvable', file: 'edge/src/ports/gone.ts', text: take('./nowhere.ts') },
  {
    rule: 'unresolvable',
    file: 'edge/src/ports/hidden.ts',
    text: take('@baari/shared/test/units.test'),
  },
  { rule: 'undeclared-dependency', file: 'hardware/src/drivers/web.ts', text: take('hono') },
  { rule: 'undeclared-dependency', file: 'edge/kiosk/src/parts/http.ts', text: take('hono') },
  {
    rule: 'shared-is-a-leaf',
    file: 'shared/src/contracts/reach.ts',
    text: take('@baari/edge/ports/ledger'),
  },
  {
    rule: 'shared-is-a-leaf',
    file: 'shared/src/contracts/reach-by-path.ts',
    text: take('../../../hardware/src/ports/dispenser.ts'),
  },
  {
    rule: 'hardware-sees-shared',
    file: 'hardware/src/drivers/reach.ts',
    text: take('@baari/edge/ports/ledger'),
  },
  {
    rule: 'edge-never-sees-cloud',
    file: 'edge/src/adapters/uplink/reach.ts',
    text: take('@baari/cloud/domain/booking/sell'),
  },
  {
    rule: 'edge-never-sees-cloud',
    file: 'edge/test/reach.test.ts',
    text: take('../../scripts/sim/world.ts'),
  },
  {
    rule: 'cloud-sees-shared',
    file: 'cloud/src/adapters/ingest/reach.ts',
    text: take('@baari/hardware/ports/dispenser'),
  },
  {
    rule: 'ui-sees-shared',
    file: 'edge/kiosk/src/station/reach.ts',
    text: take('../../../src/ports/ledger.ts'),
  },
  {
    rule: 'ui-sees-shared',
    file: 'cloud/driver-web/src/parts/reach.ts',
    text: take('@baari/hardware/ports/dispenser'),
  },
  {
    rule: 'ui-stays-home',
    file: 'cloud/driver-web/src/parts/borrowed.ts',
    text: take('../../../../edge/kiosk/src/parts/lamp.ts'),
  },
  {
    rule: 'screens-stay-strangers',
    file: 'edge/kiosk/src/screens/board.ts',
    text: take('./lane-display.ts'),
  },
  {
    rule: 'screens-stay-strangers',
    file: 'edge/kiosk/src/screens/lanes.ts',
    text: take('./lane-display.ts'),
  },
  { rule: 'domain-is-pure', file: 'edge/src/domain/fill/disk.ts', text: take('node:fs') },
  { rule: 'domain-is-pure', file: 'shared/src/domain/parse.ts', text: take('zod') },
  { rule: 'domain-is-pure', file: 'cloud/src/domain/booking/route.ts', text: take('hono') },
  { rule: 'domain-is-pure', file: 'cloud/src/domain/booking/table.ts', text: take('drizzle-orm') },
  {
    rule: 'domain-sees-rules-and-quantities',
    file: 'edge/src/domain/fill/wire.ts',
    text: take('@baari/shared/contracts/http/fill'),
  },
  {
    rule: 'domain-sees-rules-and-quantities',
    file: 'shared/src/domain/double.ts',
    text: take('../testing/manual-clock.ts'),
  },
  {
    rule: 'domain-sees-rules-and-quantities',
    file: 'cloud/src/domain/booking/clock.ts',
    text: take('@baari/shared/runtime/clock'),
  },
  {
    rule: 'domain-stays-home',
    file: 'edge/src/domain/fill/outward.ts',
    text: take('../../ports/ledger.ts'),
  },
  {
    rule: 'domain-stays-home',
    file: 'edge/src/domain/fill/device.ts',
    text: take('@baari/hardware/ports/dispenser'),
  },
  { rule: 'codecs-are-bytes', file: 'shared/src/codecs/sign.ts', text: take('node:crypto') },
  { rule: 'codecs-are-bytes', file: 'shared/src/codecs/schema.ts', text: take('zod') },
  {
    rule: 'only-the-root-wires',
    file: 'edge/src/ports/short-cut.ts',
    text: take('../adapters/sqlite/ledger.ts'),
  },
  {
    rule: 'only-the-root-wires',
    file: 'edge/src/config.ts',
    text: take('./adapters/sqlite/ledger.ts'),
  },
  {
    rule: 'adapters-stay-strangers',
    file: 'edge/src/adapters/http/peek.ts',
    text: take('../sqlite/ledger.ts'),
  },
  {
    rule: 'app-sees-ports',
    file: 'edge/src/app/fill/print.ts',
    text: take('@baari/hardware/ports/dispenser'),
  },
  {
    rule: 'app-sees-ports',
    file: 'edge/src/app/fill/store.ts',
    text: take('../../adapters/sqlite/ledger.ts'),
  },
  {
    rule: 'no-tests-in-src',
    file: 'edge/src/ports/proven.ts',
    text: take('../../test/ledger.test.ts'),
  },
  {
    rule: 'doubles-stay-in-tests',
    file: 'edge/src/adapters/http/still.ts',
    text: take('@baari/shared/testing/manual-clock'),
  },
]
