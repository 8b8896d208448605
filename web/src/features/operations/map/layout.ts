import type { MapCall, MapPart, Network } from '@/api';

/** Where everything of the map goes, in pixels, for a width: the drawing of the architecture, boxes and roads. */
export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Region extends Rect {
  network: Network;
}

export interface Road {
  call: MapCall;
  path: string;
  /** The tip of the arrow, and where it points. */
  tip: { x: number; y: number; angle: number };
  /** The middle of the plate with the figure. */
  plate: { x: number; y: number };
}

export interface Layout {
  width: number;
  height: number;
  regions: Region[];
  boxes: Map<string, Rect>;
  roads: Road[];
  /** Free ground at the bottom left, for the legend. */
  legend: Rect;
}

interface Sizes {
  pad: number;
  head: number;
  box: number;
  outside: number;
  row: number;
  gap: number;
}

/** Narrower than this the map is a list. */
export const NARROWEST = 660;

const sizesFor = (width: number): Sizes =>
  width >= 960
    ? { pad: 14, head: 36, box: width >= 1080 ? 184 : 164, outside: 118, row: 84, gap: 18 }
    : { pad: 8, head: 34, box: 138, outside: 84, row: 84, gap: 18 };

/** The data servers, top to bottom; strangers go below them. */
const SERVERS = ['postgres', 'valkey', 'azurite', 'openbao', 'mongodb'];
const PROCESSES = ['worker', 'api', 'gateway'];
const SMALL = 46;

export function layOut(parts: MapPart[], calls: MapCall[], width: number): Layout {
  const size = sizesFor(width);
  const on = (network: Network) => parts.filter((part) => part.network === network);
  const backend = on('backend').map((part) => part.name);
  const servers = [
    ...SERVERS.filter((name) => backend.includes(name)),
    ...backend.filter((name) => !SERVERS.includes(name) && !PROCESSES.includes(name)),
  ];
  const { pad, head, row, gap } = size;
  const inner = Math.max(4, servers.length) * (row + gap) - gap;
  const top = head + inner + pad;
  // What the boxes leave is road: three roads between four columns, the one to the data servers the longest.
  const roads = width - 6 * pad - size.outside - 3 * size.box;
  const road = Math.round(roads * 0.21);
  const columns = {
    outside: 0,
    frontend: size.outside + 2 * pad + road,
    backend: size.outside + size.box + 4 * pad + 2 * road,
  };
  const boxes = new Map<string, Rect>();
  const column = (names: string[], x: number, w: number, height = inner) => {
    const between = names.length > 1 ? (height - names.length * row) / (names.length - 1) : 0;
    const start = names.length > 1 ? 0 : (height - row) / 2;
    names.forEach((name, index) => {
      boxes.set(name, { x, y: head + start + index * (row + between), w, h: row });
    });
  };
  column(
    PROCESSES.filter((name) => backend.includes(name)),
    columns.backend + pad,
    size.box,
  );
  column(servers, width - pad - size.box, size.box);
  column(
    on('frontend').map((part) => part.name),
    columns.frontend + pad,
    size.box,
  );
  spread(
    on('outside').map((part) => part.name),
    boxes,
    size,
    head + inner / 2,
  );

  const below = top + gap + 14;
  const foot = head + 2 * SMALL + 8 + pad;
  const tools = { x: columns.backend, y: below, w: size.box + 2 * pad, h: foot };
  on('mcp').forEach((part, index) => {
    const y = below + head + index * (row + 8);
    boxes.set(part.name, { x: tools.x + pad, y, w: size.box, h: row });
  });
  const watching = { x: tools.x + tools.w + gap, y: below, w: 0, h: foot };
  watching.w = width - watching.x;
  grid(
    on('monitoring').map((part) => part.name),
    boxes,
    watching,
    size,
  );

  const regions: Region[] = [
    { network: 'outside', x: 0, y: 0, w: size.outside + 2 * pad, h: top },
    { network: 'frontend', x: columns.frontend, y: 0, w: size.box + 2 * pad, h: top },
    { network: 'backend', x: columns.backend, y: 0, w: width - columns.backend, h: top },
    { network: 'mcp', ...tools },
    { network: 'monitoring', ...watching },
  ];
  return {
    width,
    height: below + foot,
    regions,
    boxes,
    roads: roadsBetween(calls, boxes, regions),
    legend: { x: 0, y: below, w: columns.backend - gap, h: foot },
  };
}

/** Those outside stand around the door, a little apart. */
function spread(names: string[], boxes: Map<string, Rect>, size: Sizes, middle: number): void {
  const apart = size.row + 40;
  names.forEach((name, index) => {
    const y = middle + (index - (names.length - 1) / 2) * apart - size.row / 2;
    boxes.set(name, { x: size.pad, y, w: size.outside, h: size.row });
  });
}

/** Small boxes, two in a row, three where there are many. */
function grid(names: string[], boxes: Map<string, Rect>, region: Rect, size: Sizes): void {
  const across = names.length > 4 ? 3 : 2;
  const w = (region.w - 2 * size.pad - (across - 1) * 8) / across;
  names.forEach((name, index) => {
    boxes.set(name, {
      x: region.x + size.pad + (index % across) * (w + 8),
      y: region.y + size.head + Math.floor(index / across) * (SMALL + 8),
      w,
      h: SMALL,
    });
  });
}

const PORT = 24;
const TIP = 9;

/** The calls as roads. Those into one box end one below the other, in the order of where they come from, so none crosses. */
function roadsBetween(calls: MapCall[], boxes: Map<string, Rect>, regions: Region[]): Road[] {
  const drawn = calls.filter((call) => boxes.has(call.source) && boxes.has(call.target));
  const rect = (name: string): Rect => boxes.get(name) ?? { x: 0, y: 0, w: 0, h: 0 };
  const middle = (name: string) => rect(name).y + rect(name).h / 2;
  const across = drawn.filter((call) => rect(call.target).x > rect(call.source).x + 20);
  const port = (call: MapCall, end: 'source' | 'target', step: number) => {
    const other = end === 'source' ? 'target' : 'source';
    const peers = across
      .filter((peer) => peer[end] === call[end])
      .sort((a, b) => middle(a[other]) - middle(b[other]));
    return middle(call[end]) + (peers.indexOf(call) - (peers.length - 1) / 2) * step;
  };
  return drawn.flatMap((call): Road[] => {
    const [from, to] = [rect(call.source), rect(call.target)];
    if (across.includes(call) && from.h > SMALL) {
      const a = { x: from.x + from.w, y: port(call, 'source', 13) };
      const b = { x: to.x - TIP, y: port(call, 'target', PORT) };
      const bend = (b.x - a.x) * 0.42;
      const path = `M${a.x} ${a.y}C${a.x + bend} ${a.y} ${b.x - bend} ${b.y} ${b.x} ${b.y}`;
      const plate = { x: b.x - 30, y: b.y };
      return [{ call, path, tip: { x: b.x + TIP, y: b.y, angle: 0 }, plate }];
    }
    return [upright(call, from, to, regions)];
  });
}

/** A road that goes up, down or a short way along: to a neighbour, or from the watchers to the network they watch. */
function upright(call: MapCall, from: Rect, to: Rect, regions: Region[]): Road {
  const beside = Math.abs(from.y - to.y) < 4;
  if (beside) {
    const forth = to.x > from.x;
    const [ax, bx] = forth ? [from.x + from.w, to.x] : [from.x, to.x + to.w];
    const y = from.y + from.h / 2;
    const tip = { x: bx, y, angle: forth ? 0 : 180 };
    const path = `M${ax} ${y}H${bx - (forth ? TIP : -TIP)}`;
    return { call, path, tip, plate: { x: (ax + bx) / 2, y } };
  }
  const up = to.y < from.y;
  const x = from.x + from.w / 2;
  const start = up ? from.y : from.y + from.h;
  // Who watches a whole network points at its edge.
  const edge = regions.find((region) => region.network === 'backend');
  const within = x >= to.x && x <= to.x + to.w;
  const end = within || !edge ? (up ? to.y + to.h : to.y) : edge.y + edge.h;
  const tip = { x, y: end, angle: up ? -90 : 90 };
  const path = `M${x} ${start}V${end + (up ? TIP : -TIP)}`;
  return { call, path, tip, plate: { x, y: (start + end) / 2 } };
}

/** How wide a road is, in pixels: by the order of magnitude of its calls, so that both one and a thousand a second show. */
export function breadth(rate: number | null): number {
  if (rate === null || rate <= 0) return 1.5;
  return Math.min(9, 1.8 + 1.7 * Math.log10(1 + rate * 10));
}
