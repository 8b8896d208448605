export const reminders = {
  'reminders.bell': 'Reminders',
  'reminders.bellUnread': 'Reminders, {count, plural, one {# not read yet} other {# not read yet}}',
  'reminders.title': 'Reminders',
  'reminders.none': 'Nothing to be reminded of',
  'reminders.noneText': 'What runs out soon appears here in time, once a day at most.',
  'reminders.until': 'until {date}',
  'reminders.more': '{count, plural, one {and # more} other {and # more}}',
  'reminders.byMail': 'Also by e-mail',
  'reminders.byMailText': 'One e-mail a day at most, never at night.',
} as const;
