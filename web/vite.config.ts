import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` sends API calls: a running local stack unless told otherwise.
const api = process.env['DOT_API'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/api', '/healthz', '/readyz'].map((path) => [path, api])),
  },
  preview: { host: '127.0.0.1', proxy: { '/api': api } },
  build: {
    target: 'es2022',
    // The content security policy allows no data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    manifest: true,
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/sw/sw.ts' },
      output: {
        // The service worker has to keep its name, and to lie above all it serves.
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./tests/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // Pages load lazily and busy machines are slow: a test waits for what it looks for, not for a clock.
    testTimeout: 60_000,
    // One file instead of the six thousand of the ES module build.
    alias: {
      '@tabler/icons-react': fileURLToPath(
        new URL(
          './node_modules/@tabler/icons-react/dist/cjs/tabler-icons-react.cjs',
          import.meta.url,
        ),
      ),
    },
    maxWorkers: 2,
  },
});
