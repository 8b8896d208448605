export const driverFile = {};
