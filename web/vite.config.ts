import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import ElementPlus from 'unplugin-element-plus/vite'
import { defineConfig } from 'vitest/config'
import { precache } from './precache.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Where `npm run dev` and `vite preview` find the server. */
const server = process.env.CHENGTU_SERVER ?? 'http://127.0.0.1:8000'
const doors = ['/api', '/bulletins', '/ogc', '/uploads', '/imagery', '/stac', '/health', '/openapi.json', '/docs']
const proxy = Object.fromEntries(doors.map((door) => [door, server]))

export default defineConfig({
  plugins: [vue(), ElementPlus({}), precache('m.html')],
  resolve: { alias: { '@': here('./src') } },
  server: { proxy },
  preview: { proxy },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { index: here('./index.html'), m: here('./m.html'), 'field/worker': here('./src/field/offline/worker.ts') },
      output: {
        entryFileNames: ({ name }) => (name === 'field/worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            // before Element Plus, which would take it along: the phone page needs the one without the other
            { name: 'vue', priority: 1, test: /node_modules[\\/](@vue|vue|vue-i18n|@intlify)[\\/]/ },
            { name: 'maplibre', test: /node_modules[\\/](maplibre-gl|@maplibre)/ },
            { name: 'element-plus', test: /node_modules[\\/](element-plus|@element-plus|@floating-ui|async-validator|dayjs)/ },
                      ],
        },
      },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
