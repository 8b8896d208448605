import type { Frame, Gray } from './judge';

/** What is photographed: an identity card (ISO/IEC 7810 ID-1), or a letter page held upright. */
export type Shape = 'card' | 'page';

const RATIO: Record<Shape, number> = { card: 85.6 / 53.98, page: 8.5 / 11 };
const SIGHT = 240;
/** Some of what lies around the outline belongs to the photo: nobody holds a phone that straight. */
const MARGIN = 0.05;

interface Size {
  width: number;
  height: number;
}

/** The outline on a stage: as large as it may be with room around it, in the middle of its upper part. */
export function outline(stage: Size, shape: Shape): Frame {
  const width = Math.min(stage.width * 0.88, stage.height * 0.72 * RATIO[shape]);
  const height = width / RATIO[shape];
  return { left: (stage.width - width) / 2, top: (stage.height - height) / 2, width, height };
}

/** The part of a video that a stage shows when the video covers it. */
export function shown(video: Size, stage: Size): Frame {
  const scale = Math.max(stage.width / video.width, stage.height / video.height);
  const width = stage.width / scale;
  const height = stage.height / scale;
  return { left: (video.width - width) / 2, top: (video.height - height) / 2, width, height };
}

const sizeOf = (video: HTMLVideoElement): Size => ({
  width: video.videoWidth,
  height: video.videoHeight,
});

/** A small grey picture of what the stage shows, and the outline in it. Null while the camera starts. */
export function see(
  video: HTMLVideoElement,
  stage: Size,
  shape: Shape,
  canvas: HTMLCanvasElement,
): { gray: Gray; frame: Frame } | null {
  if (video.videoWidth === 0 || stage.width === 0) return null;
  const part = shown(sizeOf(video), stage);
  const small = { width: SIGHT, height: Math.round((SIGHT * stage.height) / stage.width) };
  canvas.width = small.width;
  canvas.height = small.height;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) return null;
  pen.drawImage(
    video,
    part.left,
    part.top,
    part.width,
    part.height,
    0,
    0,
    small.width,
    small.height,
  );
  const { data } = pen.getImageData(0, 0, small.width, small.height);
  const values = new Uint8ClampedArray(small.width * small.height);
  for (let i = 0; i < values.length; i += 1) {
    const [red = 0, green = 0, blue = 0] = data.subarray(i * 4, i * 4 + 3);
    values[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return { gray: { values, ...small }, frame: outline(small, shape) };
}

/** The photo of what lies in the outline, as sharp as the camera gives it. */
export function photograph(
  video: HTMLVideoElement,
  stage: Size,
  shape: Shape,
): Promise<Blob | null> {
  const part = shown(sizeOf(video), stage);
  const scale = part.width / stage.width;
  const line = outline(stage, shape);
  const left = Math.max(0, part.left + (line.left - line.width * MARGIN) * scale);
  const top = Math.max(0, part.top + (line.top - line.height * MARGIN) * scale);
  const width = Math.min(video.videoWidth - left, line.width * (1 + 2 * MARGIN) * scale);
  const height = Math.min(video.videoHeight - top, line.height * (1 + 2 * MARGIN) * scale);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width);
  canvas.height = Math.round(height);
  canvas
    .getContext('2d')
    ?.drawImage(video, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', 0.92);
  });
}
