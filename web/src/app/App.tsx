import '@fontsource-variable/overpass/wght.css';
import '@/ui/theme/mantine';
import '@/ui/theme/tokens.css';
import '@/ui/theme/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ToastHost } from '@/ui/feedback/toast';
import { cssVariablesResolver, theme } from '@/ui/theme/theme';
import { colorSchemeManager } from './color-scheme';
import type { AppRouter } from './router';

interface AppProps {
  queries: QueryClient;
  router: AppRouter;
  /** `test`: no transitions. */
  env?: 'default' | 'test';
}

export function App({ queries, router, env = 'default' }: AppProps) {
  return (
    <MantineProvider
      env={env}
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <ToastHost />
      </QueryClientProvider>
    </MantineProvider>
  );
}
