// A made-up fleet for work on the pages: `makeFleet(rows)` is the same at every start.

const DAY = 86_400_000;
export const today = new Date().toISOString().slice(0, 10);
export const addDays = (date, days) =>
  new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

/** Mulberry32: small, seeded, good enough for names. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const uuid = (kind, number) =>
  `00000000-0000-4000-8${kind.toString().padStart(3, '0')}-${number.toString(16).padStart(12, '0')}`;

const FIRST =
  'Maria James Aisha Dmitri Guadalupe Marcus Thanh Eleanor Rafael Priya Wendell Ingrid Tyrone Sofía Earl Naomi Luis Harold Mei Óscar'.split(
    ' ',
  );
const LAST =
  'Alvarez Boone Castillo Dawson Eriksen Fontaine Gutiérrez Hollis Ibrahim Jankowski Kowalczyk Lindqvist Mbeki Núñez Okafor Pruitt Quintana Reyes Saldaña Thibodeaux Whitaker Yazzie'.split(
    ' ',
  );

export const terminals = [
  ['Memphis', 'MEM', 'Memphis', 'TN', 'America/Chicago'],
  ['El Paso', 'ELP', 'El Paso', 'TX', 'America/Denver'],
  ['Tulsa North', 'TUL', 'Tulsa', 'OK', 'America/Chicago'],
].map(([name, code, city, state, time_zone], index) => ({
  id: uuid(1, index + 1),
  name,
  code,
  city,
  state,
  time_zone,
}));

const cfr = (section) => ({
  cfr: `49 CFR ${section}`,
  url: `https://www.ecfr.gov/current/title-49/section-${section}`,
});

export const requirements = [
  ['mec_cdlis', 'Medical certificate on the CDLIS record', '391.51(b)(6)(ii)', true],
  ['cdl', 'Commercial driver’s licence', '391.11(b)(5)', true],
  ['mvr_annual', 'Annual motor vehicle record', '391.25(a)', false],
  ['review_annual', 'Annual review of the driving record', '391.25(b)', false],
  ['ch_annual', 'Clearinghouse limited query', '382.701(b)', true],
  ['ch_full', 'Clearinghouse full query', '382.701(a)', true],
  ['drug_pre', 'Pre-employment drug test', '382.301', true],
  ['application', 'Employment application', '391.21', true],
  ['sph', 'Safety performance history', '391.23(d)', false],
  ['road_test', 'Road test', '391.31', true],
  ['hm_train', 'Hazmat training', '172.704', false],
  ['random', 'Random testing', '382.305', false],
].map(([key, title, section, blocks_driving]) => ({
  key,
  title,
  applies_to: 'Drivers of commercial motor vehicles',
  trigger: 'Before driving',
  renewal: '12 months',
  retention: '3 years',
  evidence: 'Dated record',
  citations: [cfr(section)],
  effective_from: '2000-01-01',
  effective_to: null,
  verified_on: '2026-08-01',
  blocks_driving,
  restricts: null,
  scope: 'driver',
  source: 'federal',
  outcomes: [],
  policy: null,
}));

function item(requirement, state, due) {
  const past = due !== null && due < today;
  return {
    requirement: requirement.key,
    title: requirement.title,
    source: requirement.source,
    state,
    forbids_driving:
      requirement.blocks_driving && ['blocked', 'expired', 'missing', 'overdue'].includes(state),
    due_on: due,
    valid_until: state === 'missing' || state === 'unknown' ? null : due,
    citations: requirement.citations,
    explanation: {
      summary: past ? `Ran out on ${due}.` : 'In force.',
      steps:
        due === null
          ? []
          : [
              { text: 'Collected', date: addDays(due, -365) },
              { text: 'Runs out', date: due },
            ],
    },
    conflicts: [],
    notes: [],
    evidence: [],
  };
}

/** One requirement of one driver: mostly in order, now and then every kind of trouble. */
function draw(roll, requirement, next) {
  if (roll < 0.012)
    return item(requirement, 'expired', addDays(today, -1 - Math.floor(next() * 60)));
  if (roll < 0.02) return item(requirement, 'missing', null);
  if (roll < 0.024)
    return item(requirement, 'overdue', addDays(today, -1 - Math.floor(next() * 20)));
  if (roll < 0.03) return item(requirement, 'unknown', null);
  if (roll < 0.034) return item(requirement, 'pending_review', null);
  if (roll < 0.036) return item(requirement, 'blocked', null);
  if (roll < 0.1) return item(requirement, 'expiring', addDays(today, Math.floor(next() * 30)));
  if (roll < 0.22) return item(requirement, 'valid', addDays(today, 30 + Math.floor(next() * 60)));
  if (roll < 0.23) return item(requirement, 'due', addDays(today, Math.floor(next() * 30)));
  return item(requirement, 'valid', addDays(today, 91 + Math.floor(next() * 270)));
}

function makeDriver(number, next) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const long = number === 3;
  const terminal = terminals[Math.floor(next() ** 1.5 * terminals.length)];
  const items = requirements.map((requirement) => draw(next(), requirement, next));
  const asReason = (entry) => ({
    requirement: entry.requirement,
    title: entry.title,
    state: entry.state,
    text:
      entry.due_on === null
        ? `${entry.title}: required before driving and not on file.`
        : `${entry.title} ran out on ${entry.due_on}.`,
    citations: entry.citations,
  });
  const reasons = items.filter((entry) => entry.forbids_driving).map(asReason);
  const due = items
    .filter((entry) => entry.due_on !== null && entry.due_on >= today)
    .sort((a, b) => a.due_on.localeCompare(b.due_on));
  const counts = {};
  for (const entry of items) counts[entry.state] = (counts[entry.state] ?? 0) + 1;
  return {
    id: uuid(2, number),
    employee_id: `E${String(1000 + number)}`,
    first_name: long ? 'Maximiliana-Guadalupe Concepción' : pick(FIRST),
    last_name: long ? 'Fernández de Córdoba y Wolfeschlegel' : pick(LAST),
    date_of_birth: '1980-05-17',
    email: null,
    phone: '901 555 0100',
    terminal,
    employment: { id: uuid(3, number), hired_on: '2021-03-15', terminated_on: null },
    profile: {
      cdl_class: 'A',
      cdl_number: 'T1234567',
      cdl_state: 'TN',
      endorsements: ['H', 'N'],
      interstate: true,
    },
    version: 1,
    as_of: today,
    employed: true,
    may_drive: reasons.length === 0,
    reasons,
    restrictions: [],
    next_due: due[0]
      ? { requirement: due[0].requirement, title: due[0].title, due_on: due[0].due_on }
      : null,
    counts,
    items,
  };
}

export function makeFleet(rows) {
  const next = random(20260301);
  return Array.from({ length: rows }, (_, index) => makeDriver(index + 1, next));
}
