import { useEffect, useState, type RefObject } from 'react';
import { judge, type Advice } from './judge';
import { see, type Shape } from './stage';

const LOOK_MS = 200;
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: {
    facingMode: { ideal: 'environment' },
    width: { ideal: 2560 },
    height: { ideal: 1440 },
  },
};

export type CameraState = 'starting' | 'on' | 'none';

async function play(screen: HTMLVideoElement, stream: MediaStream): Promise<void> {
  screen.srcObject = stream;
  await screen.play();
}

/** Runs the camera into a video element while it is shown. `none`: there is no camera, or it is not allowed. */
export function useCamera(video: RefObject<HTMLVideoElement | null>): CameraState {
  const [state, setState] = useState<CameraState>('starting');
  useEffect(() => {
    let stream: MediaStream | null = null;
    let gone = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const start = async () => {
      // Without a secure context there is no such member.
      const devices = navigator.mediaDevices as MediaDevices | undefined;
      if (!devices) throw new Error('no camera');
      stream = await devices.getUserMedia(WANTED);
      const screen = video.current;
      if (gone || screen === null) {
        stop();
        return;
      }
      await play(screen, stream);
      setState('on');
    };
    start().catch(() => {
      if (!gone) setState('none');
    });
    return () => {
      gone = true;
      stop();
    };
  }, [video]);
  return state;
}

/** What to tell the person, looked at five times a second; two looks must agree, so that the words don't flicker. */
export function useAdvice(
  video: RefObject<HTMLVideoElement | null>,
  stage: RefObject<HTMLElement | null>,
  shape: Shape,
  on: boolean,
): Advice {
  const [advice, setAdvice] = useState<Advice>('outside');
  useEffect(() => {
    if (!on) return undefined;
    const canvas = document.createElement('canvas');
    let before: Advice | null = null;
    const timer = setInterval(() => {
      if (video.current === null || stage.current === null) return;
      const { clientWidth: width, clientHeight: height } = stage.current;
      const seen = see(video.current, { width, height }, shape, canvas);
      if (seen === null) return;
      const now = judge(seen.gray, seen.frame);
      if (now === before) setAdvice(now);
      before = now;
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [video, stage, shape, on]);
  return advice;
}
