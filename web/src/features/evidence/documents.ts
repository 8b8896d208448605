import { useQuery } from '@tanstack/react-query';
import { createDocumentLink, type Document } from '@/api';
import { apiUrl } from '@/core/http/api-origin';

/** A link lives five minutes; it is renewed while its document is on the page. */
const LINK_MS = 4 * 60_000;

/** An address that opens the document without a token, for `<img>` and new tabs. */
export function useDocumentLink(document: Document) {
  return useQuery({
    queryKey: ['document-link', document.id],
    queryFn: async ({ signal }) => {
      const { data } = await createDocumentLink({
        path: { document_id: document.id },
        signal,
        throwOnError: true,
      });
      return apiUrl(data.url);
    },
    enabled: document.state === 'clean',
    staleTime: LINK_MS,
    refetchInterval: LINK_MS,
  });
}

export const isImage = (document: Document): boolean => document.media_type.startsWith('image/');

/** Kinds that browsers show; HEIC photos and the like open in a new tab, which may save them. */
export const showsInline = (document: Document): boolean =>
  /^image\/(jpeg|png|webp|gif)$/.test(document.media_type);
