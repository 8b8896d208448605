export const signIn = {
  'signIn.title': 'Sign in',
  'signIn.lead': 'Who may drive today, who may not tomorrow, and why.',
  'signIn.email': 'E-mail',
  'signIn.password': 'Password',
  'signIn.submit': 'Sign in',
  'signIn.emailMissing': 'Enter the e-mail of your account.',
  'signIn.passwordMissing': 'Enter your password.',
  'signIn.newPassword': 'Your new password',
  'signIn.newPasswordHint': 'At least 12 characters, not your e-mail, not a common one.',
  'signIn.newPasswordLead':
    'The password you were given works once. Choose your own; it takes its place now.',
  'signIn.newPasswordMissing': 'Choose a password of at least 12 characters.',
  'signIn.change': 'Save and sign in',
  'signIn.language': 'Language',
  'signIn.ended': 'You were signed out. Sign in to go on where you were.',
} as const;
