import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // `npm run plimsoll -- start` in another terminal serves what the console asks for.
  server: { port: 7430, proxy: { '/v1': 'http://127.0.0.1:7420', '/openapi.json': 'http://127.0.0.1:7420' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: true,
    // A data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
});
