/**
 * How the station node is started from its build. The same stands in the service of
 * `scripts/release/baari-edge.service`; the reasons and their figures in ADR 25.
 */
export const edgeProgram = {
  file: 'edge/dist/main.js',
  /** Small nurseries, and heaps that are collected before they grow, in every thread. */
  nodeArguments: ['--max-semi-space-size=1', '--optimize-for-size', '--heap-growing-percent=10'],
  env: {
    /** One heap of the C library for all threads, instead of one for each that keeps what it freed. */
    MALLOC_ARENA_MAX: '1',
    /**
     * What is as large as a read of a socket or a piece of the compiler is mapped by itself and goes
     * back to the system. Among small pieces it would leave holes: 26 MB of them after a minute.
     */
    MALLOC_MMAP_THRESHOLD_: '32768',
    MALLOC_TRIM_THRESHOLD_: '131072',
  },
}
