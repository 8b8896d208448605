/** From the left and the top of the field, 0 to 1000 whatever its size. */
export type Point = [number, number];
export type Strokes = readonly (readonly Point[])[];

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const within = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000);

/** Where a pointer is on the field; what leaves it stays at its edge. */
export const onPad = (pointer: { clientX: number; clientY: number }, box: Box): Point => [
  within((pointer.clientX - box.left) / box.width),
  within((pointer.clientY - box.top) / box.height),
];
