/**
 * How the station node is started from its build. The same stands in the service of
 * `scripts/release/baari-edge.service`; the reasons and their figures in ADR 25.
 */
export const edgeProgram = {
  file: 'edge/dist/main.js',
  /** Small nurseries, and heaps that are collected before they grow, in every thread. */
  nodeArguments: ['--max-semi-space-size=1', '--optimize-for-size'],
  /** One heap of the C library for all threads, instead of one for each that keeps what it freed. */
  env: { MALLOC_ARENA_MAX: '1' },
}
