import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // The camera reader is large and seldom used: it is its own chunk, loaded when asked for.
    chunkSizeWarningLimit: 500,
    sourcemap: false,
    // The attendant's screen, the board for everybody in line, and the display of one position.
    rolldownOptions: { input: ['index.html', 'board.html', 'lane.html'] },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:7420' } },
})
