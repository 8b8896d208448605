export const driverHome = {};
