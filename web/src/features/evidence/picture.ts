import { useQuery } from '@tanstack/react-query';
import { readBulkPreview, readDocumentPreview } from '@/api';

/** What a picture is of: a document on record, or a scan of a bulk upload. */
export type Pictured = { document: string } | { scan: string };

const KEEP_MS = 5 * 60_000;

/** A blob as an address that needs no one to give it back. */
function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error('a picture can’t be read'));
    reader.readAsDataURL(blob);
  });
}

async function read(of: Pictured, page: string, signal: AbortSignal): Promise<Blob> {
  const how = { parseAs: 'blob', signal, throwOnError: true } as const;
  const { data } =
    'document' in of
      ? await readDocumentPreview({ path: { document_id: of.document, page }, ...how })
      : await readBulkPreview({ path: { item_id: of.scan, page }, ...how });
  return data;
}

/** The address of a page's picture; a page from '1' on, or 'thumb'. It is fetched with the token, which an `<img>` can't send. */
export function usePicture(of: Pictured, page: string, enabled: boolean) {
  const query = useQuery({
    queryKey: ['picture', of, page],
    queryFn: async ({ signal }) => dataUrl(await read(of, page, signal)),
    enabled,
    staleTime: KEEP_MS,
    gcTime: KEEP_MS,
    retry: false,
  });
  return { url: query.data, failed: query.isError };
}
