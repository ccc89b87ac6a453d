/**
 * How the station node is started from its build. The same stands in the service of
 * `scripts/release/baari-edge.service`; the reasons and their figures in ADR 25.
 */
export const edgeProgram = {
  file: 'edge/dist/main.js',
  /** Small nurseries, and heaps that are collected before they grow, in every thread. */
  nodeArguments: ['--max-semi-space-size=1', '--optimize-for-size'],
  env: {
    /** One heap of the C library for all threads, instead of one for each that keeps what it freed. */
    MALLOC_ARENA_MAX: '1',
    /** What a PIN's check takes, 19 MB, goes back to the system; without both the heap keeps it. */
    MALLOC_MMAP_THRESHOLD_: '32768',
    MALLOC_TRIM_THRESHOLD_: '131072',
  },
}
