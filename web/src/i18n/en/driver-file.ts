export const driverFile = {} as const;
