export const driverHome = {
  'driverHome.title': 'Home',
  'driverHome.hello': 'Hello, {name}',
  'driverHome.yes': 'You may drive today',
  'driverHome.no': 'You can’t drive today',
  'driverHome.notEmployed': 'You are not on the roster today',
  'driverHome.camera': 'Photograph a document',
  'driverHome.cameraHint':
    'A medical card, a licence, a certificate. Your safety manager checks it.',
  'driverHome.next': 'What is due',
  'driverHome.nothing': 'Nothing is due soon.',
  'driverHome.whole': 'See my whole file',
  'driverHome.more': '{count, plural, one {and # more} other {and # more}}',
  'driverHome.unlinked': 'No driver file yet',
  'driverHome.unlinkedText':
    'Your account is not connected to a driver. Ask the administrator of your carrier to connect it.',
} as const;
