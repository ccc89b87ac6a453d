import { defineConfig } from 'vite'

/** Served by the cloud under /operator/. */
export default defineConfig({
  base: '/operator/',
  build: { target: 'es2022', sourcemap: false },
  server: { proxy: { '/v1': 'http://127.0.0.1:7410' } },
})
