export const duty = {};
