/** Where a signature goes; what waits in the outbox under it is signed as far as its driver is concerned. */
export const signPath = (formId: string): string => `/api/v1/me/acknowledgements/${formId}/sign`;
