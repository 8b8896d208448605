export const driverHome = {} as const;
