import type { DocumentRequest, DriverFileOut } from '@/api';

export interface Ask {
  key: string;
  requirement: string;
  title: string;
  /** What the safety manager wrote; for a returned document, why it came back. */
  note: string;
  who: string;
  dueOn: string | null;
  returned: boolean;
}

/**
 * What is wanted of a driver now. A document that came back counts until something newer was sent for its requirement, and
 * hides a request for the same: it says more.
 */
export function asked(file: DriverFileOut, requests: readonly DocumentRequest[]): Ask[] {
  const titles = new Map(file.items.map((item) => [item.requirement, item.title]));
  const returned = file.items.flatMap((item): Ask[] => {
    const [newest] = item.evidence.toSorted((a, b) => b.recorded_at.localeCompare(a.recorded_at));
    if (newest?.review !== 'rejected') return [];
    return [
      {
        key: newest.id,
        requirement: item.requirement,
        title: item.title,
        note: newest.review_note ?? '',
        who: '',
        dueOn: null,
        returned: true,
      },
    ];
  });
  const back = new Set(returned.map((ask) => ask.requirement));
  const wanted = requests
    .filter((request) => request.state === 'open' && !back.has(request.requirement))
    .map((request) => ({
      key: request.id,
      requirement: request.requirement,
      title: titles.get(request.requirement) ?? request.requirement,
      note: request.note,
      who: request.asked_by_name ?? '',
      dueOn: request.due_on,
      returned: false,
    }));
  return [...returned, ...wanted];
}
