import { getRouteApi } from '@tanstack/react-router';
import { useMe } from '@/core/auth/me';
import { NotFound } from '@/ui/feedback/NotFound';
import { DriverFile } from './DriverFile';

const route = getRouteApi('/shell/my-file');

/** A driver's own file: the same page, without an id in the address. */
export function MyFilePage() {
  const me = useMe();
  const { as_of } = route.useSearch();
  const navigate = route.useNavigate();
  if (me.driver_id === null) return <NotFound />;
  return (
    <DriverFile
      driverId={me.driver_id}
      asOf={as_of}
      own
      onAsOf={(day) => void navigate({ search: { as_of: day }, replace: true, resetScroll: false })}
    />
  );
}
