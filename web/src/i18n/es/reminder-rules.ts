export const reminderRules = {
  'settings.tab.reminders': 'Avisos',
  'reminderRules.title': 'A quién se avisa y cuándo',
  'reminderRules.lead':
    'Marque con cuánta anticipación se avisa a cada función. Sin marcas: nunca. Los cambios valen desde el próximo aviso.',
  'reminderRules.how':
    'Todo lo de un día llega en un solo aviso, en la aplicación y por correo; cada persona puede apagar el correo en la campana. Entre las 20:00 y las 8:00 de donde está la persona no se avisa a nadie. Los supervisores y los instructores reciben lo de sus terminales.',
  'reminderRules.requirement': 'Requisito',
  'reminderRules.all': 'En general',
  'reminderRules.any': 'Todos los que no tienen regla propia',
  'reminderRules.own': 'Con regla propia',
  'reminderRules.others': 'Otros',
  'reminderRules.role': 'Función',
  'reminderRules.days': '{count} días',
  'reminderRules.after': 'Día después',
  'reminderRules.tick': '{role}: {count} días antes',
  'reminderRules.tickAfter': '{role}: el día después',
  'reminderRules.holds': 'Regla',
  'reminderRules.from.default': 'de origen',
  'reminderRules.from.any': 'como para todos',
  'reminderRules.back': 'Quitar esta regla',
  'reminderRules.backOf': 'Quitar esta regla de: {role}',
} as const;
