import { defineConfig } from 'vitest/config'

/**
 * `unit` is pure or in-memory and quick; `real` starts real databases, devices,
 * browsers and processes.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // One module graph for all files: they hold no state of their own, and it halves the run.
          isolate: false,
          // A bound against hanging, not a measure: a busy machine is slow.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: [
            '*/test/**/*.test.ts',
            'edge/kiosk/test/**/*.test.{ts,tsx}',
            'cloud/driver-web/test/**/*.test.{ts,tsx}',
            'cloud/dashboard/test/**/*.test.{ts,tsx}',
          ],
          exclude: ['**/*.real.test.ts', '**/node_modules/**'],
        },
      },
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
