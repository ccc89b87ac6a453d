import { defineConfig } from 'vitest/config'

const screens = ['edge/kiosk', 'cloud/driver-web', 'cloud/dashboard']

/** The tests whose names end in `kind`: every workspace's and every screen's. */
const testsOf = (kind: string): string[] => [
  `*/test/**/*${kind}.test.ts`,
  ...screens.map((screen) => `${screen}/test/**/*${kind}.test.{ts,tsx}`),
]

/** What the two kinds without a process share. */
const pure = {
  // One module graph for all files: they hold no state of their own, and it halves the run.
  isolate: false,
  // Vitest leaves a core to others unless told.
  maxWorkers: '100%',
  // A bound against hanging, not a measure: a busy machine is slow.
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

/**
 * `unit` is pure or in-memory and quick; `long` is as pure and takes seconds: many seeds, days of a
 * line, models fitted; `real` starts real databases, devices, browsers and processes.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...pure,
          name: 'unit',
          include: testsOf(''),
          exclude: ['**/*.{long,real}.test.*', '**/node_modules/**'],
        },
      },
      { test: { ...pure, name: 'long', include: testsOf('.long') } },
      {
        test: {
          name: 'real',
          include: ['*/test/**/*.real.test.ts'],
          globalSetup: ['./scripts/dev/test-postgres.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Real processes on a busy machine: one that fails there is tried once more, and the end
          // of the run says its name. At a developer's desk it fails at once.
          retry: process.env['CI'] === undefined ? 0 : 1,
        },
      },
    ],
  },
})
