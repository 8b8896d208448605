import { createPacketLink, type PacketFetch } from '@/api';
import { apiUrl } from '@/core/http/api-origin';

/** Asks for a link of five minutes, and lets the browser fetch the file with it. */
export async function download(packetId: string, wanted: PacketFetch): Promise<void> {
  const { data } = await createPacketLink({ path: { packet_id: packetId }, body: wanted });
  const link = document.createElement('a');
  link.href = apiUrl(data.url);
  link.download = '';
  link.click();
}
