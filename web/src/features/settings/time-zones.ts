/** Where North American fleets have terminals; first in the list, the rest of the world behind them. */
const USUAL = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
  'America/Puerto_Rico',
];

export function timeZones(): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return [...USUAL, ...all.filter((zone) => !USUAL.includes(zone))];
}
