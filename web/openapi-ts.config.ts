import { readFileSync } from 'node:fs';
import { defineConfig } from '@hey-api/openapi-ts';

interface Operation {
  operationId?: string;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** FastAPI's default ids repeat path and method (`list_drivers_api_v1_drivers_get`): keep the function's name. */
function shortIds(document: Document): Document {
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      if (operation.operationId) {
        operation.operationId = operation.operationId.replace(/_(api_v1|well_known)_.*$/, '');
      }
    }
  }
  return document;
}

const source = new URL('./openapi.json', import.meta.url);

export default defineConfig({
  input: shortIds(JSON.parse(readFileSync(source, 'utf8')) as Document) as never,
  output: { path: process.env['API_OUT'] ?? 'src/api', clean: true },
  plugins: [
    '@hey-api/typescript',
    { name: '@hey-api/client-fetch', throwOnError: true },
    { name: '@hey-api/sdk' },
    { name: '@tanstack/react-query', queryOptions: true, infiniteQueryOptions: false },
  ],
});
