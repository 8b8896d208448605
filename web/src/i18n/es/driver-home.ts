export const driverHome = {
  'driverHome.title': 'Inicio',
  'driverHome.hello': 'Hola, {name}',
  'driverHome.yes': 'Hoy puede manejar',
  'driverHome.no': 'Hoy no puede manejar',
  'driverHome.notEmployed': 'Hoy no está en la lista',
  'driverHome.camera': 'Fotografiar un documento',
  'driverHome.cameraHint':
    'Un certificado médico, una licencia, un diploma. Su gerente de seguridad lo revisa.',
  'driverHome.next': 'Qué está pendiente',
  'driverHome.nothing': 'Nada vence pronto.',
  'driverHome.whole': 'Ver mi expediente completo',
  'driverHome.more': '{count, plural, one {y # más} other {y # más}}',
  'driverHome.unlinked': 'Aún sin expediente',
  'driverHome.unlinkedText':
    'Su cuenta no está unida a un chofer. Pida al administrador de su empresa que la una.',
};
