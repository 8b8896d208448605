export const reminders = {
  'reminders.bell': 'Avisos',
  'reminders.bellUnread': 'Avisos, {count, plural, one {# sin leer} other {# sin leer}}',
  'reminders.title': 'Avisos',
  'reminders.none': 'No hay nada que recordar',
  'reminders.noneText': 'Lo que está por vencer aparece aquí a tiempo, una vez al día como máximo.',
  'reminders.until': 'hasta el {date}',
  'reminders.more': '{count, plural, one {y # más} other {y # más}}',
  'reminders.byMail': 'También por correo',
  'reminders.byMailText': 'Un correo al día como máximo, nunca de noche.',
} as const;
