import { lazy, Suspense, useRef } from 'react';

const CameraView = lazy(() => import('./camera/CameraView'));

interface CaptureProps {
  open: boolean;
  onPhoto: (photo: File) => void;
  onClose: () => void;
}

/** The camera with its outline; where there is none, the phone's own way to a photo or a file. */
export function Capture({ open, onPhoto, onClose }: CaptureProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Suspense fallback={null}>
        {open && (
          <CameraView
            onClose={onClose}
            onFile={() => {
              onClose();
              input.current?.click();
            }}
            onPhoto={(photo) => {
              onClose();
              onPhoto(photo);
            }}
          />
        )}
      </Suspense>
      <input
        ref={input}
        type="file"
        accept="image/*,application/pdf"
        hidden
        onChange={({ currentTarget }) => {
          const [photo] = currentTarget.files ?? [];
          if (photo) onPhoto(photo);
          // The same picture may be taken again after a mistake.
          currentTarget.value = '';
        }}
      />
    </>
  );
}
