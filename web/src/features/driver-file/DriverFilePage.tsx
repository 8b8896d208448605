import { getRouteApi } from '@tanstack/react-router';
import { DriverFile } from './DriverFile';

const route = getRouteApi('/shell/drivers/$driverId');

export function DriverFilePage() {
  const { driverId } = route.useParams();
  const { as_of } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <DriverFile
      key={driverId}
      driverId={driverId}
      asOf={as_of}
      onAsOf={(day) => void navigate({ search: { as_of: day }, replace: true, resetScroll: false })}
    />
  );
}
