import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

export default defineConfig({
  plugins: [
    preact(),
    VitePWA({
      registerType: 'autoUpdate',
      injectRegister: null,
      manifest: {
        name: 'Baari - your turn',
        short_name: 'Baari',
        start_url: '/',
        display: 'standalone',
        background_color: '#fbf8f1',
        theme_color: '#fbf8f1',
        icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' }],
      },
      workbox: {
        // Fonts are cached when first used: a reader of one script never pays for the other.
        globPatterns: ['**/*.{js,css,html,svg}'],
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/(v1|api|docs|healthz|readyz|metrics|openapi)/],
        runtimeCaching: [
          {
            urlPattern: /\.woff2$/,
            handler: 'CacheFirst',
            options: { cacheName: 'fonts', expiration: { maxEntries: 6 } },
          },
        ],
      },
    }),
  ],
  build: { target: 'es2020', modulePreload: { polyfill: false } },
  server: { proxy: { '/v1': 'http://127.0.0.1:7410' } },
})
