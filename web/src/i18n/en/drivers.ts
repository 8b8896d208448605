export const drivers = {} as const;
