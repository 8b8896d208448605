export const reminderRules = {
  'settings.tab.reminders': 'Reminders',
  'reminderRules.title': 'Who is reminded when',
  'reminderRules.lead':
    'Tick how long before the last day a role hears of it. Nothing ticked: never. Changes hold from the next reminder on.',
  'reminderRules.how':
    'Everything of a day comes in one digest, in the application and by e-mail; each person can turn the e-mail off under the bell. Between 20:00 and 8:00 where the person is, nobody is told. Supervisors and coaches hear of their own terminals.',
  'reminderRules.requirement': 'Requirement',
  'reminderRules.all': 'In general',
  'reminderRules.any': 'All without a rule of their own',
  'reminderRules.own': 'With a rule of their own',
  'reminderRules.others': 'Others',
  'reminderRules.role': 'Role',
  'reminderRules.days': '{count} days',
  'reminderRules.after': 'Day after',
  'reminderRules.tick': '{role}: {count} days before',
  'reminderRules.tickAfter': '{role}: the day after',
  'reminderRules.holds': 'Rule',
  'reminderRules.from.default': 'as delivered',
  'reminderRules.from.any': 'as for all',
  'reminderRules.back': 'Drop this rule',
  'reminderRules.backOf': 'Drop this rule of: {role}',
} as const;
