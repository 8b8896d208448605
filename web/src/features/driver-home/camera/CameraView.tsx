import { Button, Modal, SegmentedControl } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { IconCamera, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { today } from '@/core/dates';
import { useT } from '@/i18n/react';
import classes from './camera.module.css';
import { outline, photograph, type Shape } from './stage';
import { useAdvice, useCamera } from './use-camera';

interface CameraViewProps {
  onPhoto: (photo: File) => void;
  /** The person takes a file instead, or there is no camera. */
  onFile: () => void;
  onClose: () => void;
}

/** The camera with an outline to fit the document into, and words that help; then the photo, to use or to take again. */
export default function CameraView({ onPhoto, onFile, onClose }: CameraViewProps) {
  const t = useT();
  const [photo, setPhoto] = useState<File | null>(null);
  return (
    <Modal
      opened
      fullScreen
      onClose={onClose}
      title={t('camera.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      classNames={{ content: classes.dialog, body: classes.body }}
    >
      {photo === null ? (
        <Live onPhoto={setPhoto} onFile={onFile} />
      ) : (
        <Taken photo={photo} onAgain={() => setPhoto(null)} onUse={() => onPhoto(photo)} />
      )}
    </Modal>
  );
}

function Live({ onPhoto, onFile }: Pick<CameraViewProps, 'onPhoto' | 'onFile'>) {
  const t = useT();
  const [shape, setShape] = useState<Shape>('card');
  const video = useRef<HTMLVideoElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const { ref, width, height } = useElementSize();
  const stageRef = useMergedRef(ref, stage);
  const camera = useCamera(video);
  const advice = useAdvice(video, stage, shape, camera === 'on');
  const line = outline({ width, height }, shape);
  const take = async () => {
    if (video.current === null) return;
    const picture = await photograph(video.current, { width, height }, shape);
    if (picture) onPhoto(new File([picture], `${shape}-${today()}.jpg`, { type: 'image/jpeg' }));
  };
  if (camera === 'none') {
    return (
      <div className={classes.none} role="alert">
        <p>{t('camera.none')}</p>
        <Button color="amber" onClick={onFile}>
          {t('camera.file')}
        </Button>
      </div>
    );
  }
  return (
    <>
      <SegmentedControl
        fullWidth
        size="md"
        aria-label={t('camera.shape')}
        value={shape}
        onChange={(value) => setShape(value === 'page' ? 'page' : 'card')}
        data={[
          { value: 'card', label: t('camera.card') },
          { value: 'page', label: t('camera.page') },
        ]}
      />
      <div className={classes.stage} ref={stageRef}>
        <video ref={video} className={classes.video} playsInline muted />
        <div className={classes.outline} data-good={advice === 'good'} style={line} />
        <p className={classes.advice} data-good={advice === 'good'} role="status">
          {camera === 'on' ? t(`camera.advice.${advice}`) : t('camera.starting')}
        </p>
      </div>
      <div className={classes.foot}>
        <Button variant="default" size="md" onClick={onFile}>
          {t('camera.file')}
        </Button>
        <Button
          color="amber"
          size="md"
          disabled={camera !== 'on'}
          leftSection={<IconCamera size={22} stroke={1.7} aria-hidden />}
          onClick={() => void take()}
        >
          {t('camera.take')}
        </Button>
      </div>
    </>
  );
}

interface TakenProps {
  photo: File;
  onAgain: () => void;
  onUse: () => void;
}

function Taken({ photo, onAgain, onUse }: TakenProps) {
  const t = useT();
  const [url] = useState(() => URL.createObjectURL(photo));
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <>
      <div className={classes.stage}>
        <img className={classes.taken} src={url} alt={t('camera.taken')} />
      </div>
      <div className={classes.foot}>
        <Button
          variant="default"
          size="md"
          leftSection={<IconRefresh size={20} stroke={1.7} aria-hidden />}
          onClick={onAgain}
        >
          {t('camera.again')}
        </Button>
        <Button color="amber" size="md" data-autofocus onClick={onUse}>
          {t('camera.use')}
        </Button>
      </div>
    </>
  );
}
